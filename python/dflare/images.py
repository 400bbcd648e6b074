"""Images that the caller's own code makes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def grey_levels(array: npt.NDArray[np.generic], source: str) -> npt.NDArray[np.uint8]:
    """Numbers as grey levels 0 to 255, rounded and clipped. Raises for what are no finite numbers, naming their source."""
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{source} gave {array.dtype}, expected numbers")
    if array.dtype != np.uint8:
        if not np.all(np.isfinite(array)):
            raise ValueError(f"{source} gave values that are not finite")
        array = np.clip(np.rint(array), 0, 255)
    return np.ascontiguousarray(array, dtype=np.uint8)
