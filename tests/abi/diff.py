#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No incompatible change since the checked-in baseline, which tests/abi/baseline.py renews. Existing members keep
their offsets. Structs may grow at their end, and functions may be added."""
import re
import subprocess
import sys

import house
from baseline import BASELINE

ERROR, USAGE, INCOMPATIBLE = 1, 2, 8

house.need("abidiff")
result = subprocess.run(["abidiff", "--drop-private-types", "--headers-dir2", house.SOURCE / "include/gopm", BASELINE,
                         sys.argv[1]], capture_output=True, text=True)
print(result.stdout[:20000] + result.stderr[:5000])
# abidiff calls changes inside a struct "maybe compatible". Here only growth is compatible.
moved = re.search(r"offset changed|member deletion|type of .* changed|type changed from|parameter \d+ of type .* (was|changed)|"
                  r"return type changed", result.stdout)
sys.exit(1 if result.returncode & (ERROR | USAGE | INCOMPATIBLE) or moved else 0)
