# SPDX-License-Identifier: Apache-2.0
"""The cores and executables to damage: fixtures, unpacked."""
import gzip
import pathlib
import shutil
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"

# name: (fixture, executable: "" if the core contains it, changes to the executable)
TARGETS = {
    "amd64": ("states-126-amd64-default", "", ""),
    "amd64-stripped-pie": ("states-127-amd64-cgo-external-pie-sw", "", ""),
    "arm64": ("states-127-arm64-default", "", ""),
    "dwarf": ("values-127-amd64-default", "server", "unpacked"),
    "dwarf-126": ("values-126-amd64-default", "server", "unpacked"),
    "stripped": ("values-127-amd64-default", "server", "stripped"),
    "library": ("library-127-amd64-c-shared", "library.so", "unpacked"),
}
WITH_C = ("library", "amd64-stripped-pie", "amd64")
WITH_DWARF = [name for name, (_, _, change) in TARGETS.items() if change == "unpacked"]


def without_sections(executable):
    """Removes the section headers: everything must be found by structure."""
    header = bytearray(executable.read_bytes())
    struct.pack_into("<Q", header, 40, 0)
    struct.pack_into("<HHH", header, 58, 0, 0, 0)
    executable.write_bytes(header)


def prepare(name, work):
    """Returns the paths of the core and of the executable ("-": none)."""
    fixture, executable, change = TARGETS[name]
    for tool in ("zstd", "objcopy"):
        if shutil.which(tool) is None:
            print(f"skip: {tool} is not installed")
            sys.exit(77)
    core = work / f"{name}.core"
    subprocess.run(["zstd", "-dqf", FIXTURES / fixture / "core.zst", "-o", core], check=True)
    if not executable:
        return core, "-"
    path = work / f"{name}.exe"
    path.write_bytes(gzip.decompress((FIXTURES / fixture / f"{executable}.gz").read_bytes()))
    if change == "stripped":
        without_sections(path)
    else:
        # A change in a compressed section would only break its checksum.
        subprocess.run(["objcopy", "--decompress-debug-sections", path], check=True)
    return core, path
