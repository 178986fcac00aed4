#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the ABI of a build of libgopm.so to tests/abi/gopm.abi. Run it after a release. Before the first release,
run it after an intended change.

    tests/abi/baseline.py [build/dev]
"""
import pathlib
import re
import subprocess
import sys

import house

BASELINE = pathlib.Path(__file__).resolve().parent / "gopm.abi"


def main():
    build = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else house.BUILD
    subprocess.run(["abidw", "--headers-dir", house.SOURCE / "include/gopm", "--drop-private-types", "--no-corpus-path",
                    "--no-comp-dir-path", "--exported-interfaces-only", "--out-file", BASELINE, build / "libgopm.so"], check=True)
    # Drop details that do not matter in a diff, and the path of the build.
    text = BASELINE.read_text().replace(f"{house.SOURCE}/", "")
    text = re.sub(r" comp-dir-path='[^']*'", "", text)
    BASELINE.write_text(text)
    print(f"{BASELINE}: {len(text)} bytes")


if __name__ == "__main__":
    main()
