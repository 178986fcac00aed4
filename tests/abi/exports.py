#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""libgopm.so exports the functions that the headers declare, each in a version node
that lib/gopm.map names, and nothing else: no data, no private name."""
import re
import subprocess
import sys

import house

library = sys.argv[1]
house.need("nm")
nodes = re.findall(r"^(GOPM_[\w.]+)", (house.SOURCE / "lib/gopm.map").read_text(), re.MULTILINE)
declared = {name: header.name for header, _, name, _ in house.declarations()}
problems = []
exported = set()
output = subprocess.run(["nm", "--dynamic", "--defined-only", "--with-symbol-versions", library], capture_output=True,
                        text=True, check=True).stdout
for line in output.splitlines():
    kind, name = line.split()[-2:]
    name, _, node = name.partition("@@")
    if kind == "A":  # the nodes themselves
        continue
    exported.add(name)
    if kind not in ("T", "W", "i"):
        problems.append(f"{name} is exported, but is no function ({kind})")
    if node not in nodes:
        problems.append(f"{name} is exported in node {node or 'none'}, lib/gopm.map names {nodes}")
problems += [f"{name} is exported, but no header declares it" for name in sorted(exported - declared.keys())]
problems += [f"{name} of {declared[name]} is not exported" for name in sorted(declared.keys() - exported)]
house.finish(problems)
