"""The command dflare: `python -m dflare`, and what pip installs as `dflare`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .runtimes import onnxruntime_library


def main() -> None:
    """Becomes the native program, which uses this Python's onnxruntime unless told otherwise."""
    program = Path(__file__).parent / "bin" / "dflare"
    if not program.exists():
        sys.exit(f"{program}: not there; this package was built without the command")
    library = onnxruntime_library()
    if library is not None:
        os.environ["DFLARE_ONNXRUNTIME"] = library
    os.execv(program, [str(program), *sys.argv[1:]])


if __name__ == "__main__":
    main()
