#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`traceback --level system` equals the runtime's own traceback of the same moment, byte for byte. Only the
minutes are estimates and may be smaller."""
import sys

import common
from traceback_blocks import Comparison


def compare(core):
    ours = common.gopm("traceback", "--level", "system", core.core, core.exe)
    result = Comparison(core.traceback.read_text(errors="replace"), ours)
    print(f"{result.goroutines} goroutines, {result.skipped} were running and are skipped")
    return result.problems


if sys.argv[1] == "sample":
    with common.sample() as found:
        common.finish(compare(found))
common.finish(compare(common.core(sys.argv[1])))
