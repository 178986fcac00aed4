#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes cores of tests/programs/values, tests/programs/states and the story's server with each installed Go.
Compares hundreds of expressions on each core with Delve: see compare_eval.py. Exit 77: Go, gdb or Delve is missing.

    delve_eval.py [--quick]     --quick: each program once
"""
import os
import subprocess
import sys
import tempfile

import delve

PLANS = (
    ("1.26.8", "values", ["--dwarf", "4"]),
    ("1.27.3", "values", []),
    ("1.27.3", "values", ["--build-flags=-gcflags=all=-N"]),
    ("1.26.8", "states", []),
    ("1.27.3", "states", []),
    ("1.26.8", "story", ["--connections", "20"]),
    ("1.27.3", "story", ["--connections", "20"]),
)
QUICK = (
    ("1.26.8", "values", []),
    ("1.27.3", "states", ["--dwarf", "4"]),
    ("1.27.3", "story", ["--connections", "20"]),
)


def main():
    reason = delve.missing()
    if reason:
        print("skipped:", reason)
        return 77
    plans = [plan for plan in (QUICK if "--quick" in sys.argv[1:] else PLANS) if delve.has_go(plan[0])]
    if not plans:
        print("skipped: none of the Go versions to test is installed")
        return 77
    failed = 0
    for version, program, flags in plans:
        print(f"== {program}, Go {version} {' '.join(flags)}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, delve.SOURCE / "examples/story/make-cores.py", folder, "--lean", "--quiet", "0.5",
                       "--go", version] + flags
            if program != "story":
                command += ["--program", delve.SOURCE / "tests/programs" / program]
            made = subprocess.run(command, check=False).returncode
            if made == 0:
                made = subprocess.run([sys.executable, delve.SOURCE / "tests/value/compare_eval.py", "--dump",
                                       os.path.join(delve.BUILD, "tests/value/dump_eval"), folder + "/core", folder + "/server"],
                                      check=False).returncode
            failed |= made != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
