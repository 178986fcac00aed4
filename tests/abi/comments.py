#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every public function has a comment with a "Since:" line. A release or init function without a comment shares
that of the function before it."""
import re

import house

problems = []
for header, line, name, comment in house.declarations():
    where = f"{header.relative_to(house.SOURCE)}:{line}: {name}"
    if comment is None:
        # The header's own "Since:" covers these. The comment of the function that makes the object says who frees it.
        if not name.endswith(("_free", "_options_init")):
            problems.append(f"{where} has no comment")
    elif not re.search(r"Since:\s+\d+\.\d+", comment):
        problems.append(f"{where}: its comment lacks \"Since: N.N\"")
for header in house.HEADERS:
    text = header.read_text(encoding="utf-8")
    if "@file gopm/" + header.name not in text:
        problems.append(f"{header.name}: no @file comment")
house.finish(problems)
