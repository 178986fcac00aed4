#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`traceback --level system` is, goroutine by goroutine and byte by byte, what the runtime
itself printed of the same moment; only the minutes are estimates and may be smaller."""
import sys

import common
from traceback_blocks import Comparison


def compare(core):
    ours = common.gopm("traceback", "--level", "system", core.core, core.exe)
    result = Comparison(core.traceback.read_text(errors="replace"), ours)
    print(f"{result.goroutines} goroutines, {result.skipped} ran and are left out")
    return result.problems


if sys.argv[1] == "sample":
    with common.sample() as found:
        common.finish(compare(found))
common.finish(compare(common.core(sys.argv[1])))
