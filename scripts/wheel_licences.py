#!/usr/bin/env python3
"""Puts the licences of what a repaired wheel carries into it: <name>.dist-info/licenses/third_party/<package>.

wheel_licences.py WHEEL      after auditwheel repair, on the Debian machine that built it; rewrites WHEEL
"""

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

from auditwheel.wheeltools import InWheelCtx

# Headers and static libraries: compiled in, they leave no file in the wheel.
COMPILED_IN = [
    "libcli11-dev",
    "libeigen3-dev",
    "libonnx-dev",
    "libopencv-core-dev",
    "libopencv-imgproc-dev",
    "libtomlplusplus-dev",
    "nlohmann-json3-dev",
]
DOCS = Path("/usr/share/doc")


def package_of(library):
    """Debian's package of a library that auditwheel renamed: libpng16-0a0c6ccf.so.16.39.0."""
    name = re.sub(r"-[0-9a-f]{8}(?=\.so)", "", library.name)
    found = subprocess.run(["dpkg", "-S", f"*/{name}"], capture_output=True, text=True, check=False).stdout
    owners = {line.split(":")[0] for line in found.splitlines() if not line.startswith("diversion")}
    if not owners:
        sys.exit(f"wheel_licences: no package owns {name}, so that its licence is not known")
    return min(owners)


def licence_of(python_package):
    """Of an installed Python package."""
    (file,) = [f for f in importlib.metadata.files(python_package) or [] if f.name.startswith("LICENSE")]
    return Path(file.locate()).read_bytes()


def main():
    wheel = Path(sys.argv[1])
    with InWheelCtx(wheel, wheel) as contents:
        root = Path(contents.path)
        (info,) = root.glob("*.dist-info")
        target = info / "licenses/third_party"
        target.mkdir(parents=True)
        packages = {package_of(library) for library in root.glob("*.libs/*.so*")} | set(COMPILED_IN)
        for package in sorted(packages):
            (target / package).write_bytes((DOCS / package / "copyright").read_bytes())
        (target / "nanobind").write_bytes(licence_of("nanobind"))
    print(f"wheel_licences: {wheel.name} carries parts of {len(packages)} packages: {', '.join(sorted(packages))}")


if __name__ == "__main__":
    main()
