#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes cores of tests/programs/values and of the story's server, with each installed Go and with DWARF 5 and 4.
Compares every variable with Delve's: see compare_delve.py. Exit 77: Go, gdb or Delve is missing.

    delve.py [--quick]     --quick: each program, Go version and DWARF version once, not every combination
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("GOPM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("GOPM_BUILD", SOURCE / "build/dev"))
VERSIONS = ("1.26.8", "1.27.3")
PLANS = (
    ("values", ["--dwarf", "5"]),
    ("values", ["--dwarf", "4"]),
    ("values", ["--build-flags=-gcflags=all=-N"]),
    ("story", ["--connections", "20"]),
    ("story", ["--connections", "20", "--dwarf", "4"]),
)
QUICK = {
    "1.26.8": [("values", []), ("story", ["--connections", "20"])],
    "1.27.3": [("values", ["--dwarf", "4"]), ("values", ["--build-flags=-gcflags='all=-N -l'"]),
               ("story", ["--connections", "20", "--dwarf", "4"])],
}


def missing():
    for tool in ("go", "gdb"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    if shutil.which("dlv") is None and not os.path.exists(os.path.expanduser("~/go/bin/dlv")):
        return "dlv is not installed"
    return None


def has_go(version):
    """True if this Go is installed. Does not download it."""
    env = dict(os.environ, GOTOOLCHAIN="go" + version, GOPROXY="off", GOFLAGS="-mod=mod")
    return subprocess.run(["go", "version"], env=env, capture_output=True, check=False).returncode == 0


def main():
    reason = missing()
    if reason:
        print("skipped:", reason)
        return 77
    versions = [v for v in VERSIONS if has_go(v)]
    if not versions:
        print("skipped: none of the Go versions to test is installed:", *VERSIONS)
        return 77
    failed = 0
    for version in versions:
        for program, flags in QUICK[version] if "--quick" in sys.argv[1:] else PLANS:
            print(f"== {program}, Go {version} {' '.join(flags)}", flush=True)
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, SOURCE / "examples/story/make-cores.py", folder, "--lean", "--quiet", "0.5",
                           "--go", version] + flags
                if program == "values":
                    command += ["--program", SOURCE / "tests/programs/values"]
                made = subprocess.run(command, check=False).returncode
                if made == 0:
                    made = subprocess.run(
                        [sys.executable, SOURCE / "tests/value/compare_delve.py", "--gopm",
                         BUILD / "examples/gopm", folder + "/core", folder + "/server"], check=False).returncode
                failed |= made != 0
                sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
