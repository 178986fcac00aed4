#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one file of tests of the Python package: run.py FILE LIBRARY [PACKAGE...].

The interpreter is the first one that has cffi and the packages: this one, others of PATH, or that of a virtual environment in
the build folder, which pip fills. A sanitized library is loaded with its runtime."""
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("GOPM_BUILD", HERE.parents[2] / "build/dev"))


def skip(reason):
    print("SKIP:", reason)
    sys.exit(77)


def has(python, packages):
    code = "import sys\nassert sys.version_info >= (3, 11)\n" + "".join(f"import {name}\n" for name in packages)
    return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0


def made_environment(packages):
    """An interpreter with the packages, of a virtual environment that all tests share."""
    folder = BUILD / "python-tests"
    with open(BUILD / "python-tests.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        python = str(folder / "bin/python")
        if not os.path.exists(python):
            try:
                venv.create(folder, with_pip=True)
            except (subprocess.CalledProcessError, OSError) as problem:
                skip(f"no virtual environment can be made: {problem}")
        if not has(python, packages):
            result = subprocess.run([python, "-m", "pip", "install", "--quiet", "--timeout", "20", "--retries", "1", *packages],
                                    capture_output=True, text=True, check=False)
            if result.returncode != 0 or not has(python, packages):
                skip(f"pip cannot install {', '.join(packages)}: {(result.stderr.strip() or 'import fails').splitlines()[-1]}")
        return python


def interpreter(packages):
    candidates = [sys.executable, shutil.which("python3"), "/usr/bin/python3"]
    return next((p for p in candidates if p and has(p, packages)), None) or made_environment(packages)


def sanitizer_environment():
    if not os.environ.get("GOPM_SANITIZE"):
        return {}
    compiler = os.environ.get("CC", "cc")
    names = [f"lib{name}.so" for name in ("asan", "ubsan")]
    paths = [subprocess.run([compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip()
             for name in names]
    if not all(os.path.isabs(path) for path in paths):
        skip("the compiler has no shared runtime of its sanitizers")
    # The interpreter does not free all of its memory.
    return {"LD_PRELOAD": " ".join(paths), "ASAN_OPTIONS": "detect_leaks=0:strict_string_checks=1", "PYTHONMALLOC": "malloc"}


def main():
    name, library, *packages = sys.argv[1:]
    if not os.path.exists(library):
        skip(f"{library} is not built")
    python = interpreter(["cffi", *packages])
    environment = {**os.environ, "GOPM_LIBRARY": library, "PYTHONPATH": f"{HERE.parent / 'src'}:{HERE}", **sanitizer_environment()}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.exit(subprocess.run([python, "-X", "faulthandler", HERE / name, "-v"], env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
