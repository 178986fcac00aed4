#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""lib/gopm.map lists the functions that the headers declare, by name. libgopm.so exports them, each in the node that
lists it, and nothing else: no data, no private name. Its soname has the number of gopm/types.h."""
import re
import subprocess
import sys

import house

library = sys.argv[1]
house.need("nm")
text = re.sub(r"/\*.*?\*/", "", (house.SOURCE / "lib/gopm.map").read_text(), flags=re.DOTALL)
problems = []
listed = {}  # name -> node
for node, body in re.findall(r"^(GOPM_[\w.]+)\s*\{(.*?)\}", text, re.MULTILINE | re.DOTALL):
    exported_part = body.split("local:")[0]
    for name in re.findall(r"([^\s;:]+);", exported_part):
        if not re.fullmatch(r"gopm_\w+", name):
            problems.append(f"lib/gopm.map: {node}: {name}: expected a function's whole name")
        if name in listed:
            problems.append(f"lib/gopm.map: {name} is listed in {listed[name]} and in {node}")
        listed[name] = node
declared = {name: header.name for header, _, name, _ in house.declarations()}
problems += [f"{name} is in lib/gopm.map, but no header declares it" for name in sorted(listed.keys() - declared.keys())]
problems += [f"{name} of {declared[name]} is not in lib/gopm.map" for name in sorted(declared.keys() - listed.keys())]
exported = {}
output = subprocess.run(["nm", "--dynamic", "--defined-only", "--with-symbol-versions", library], capture_output=True,
                        text=True, check=True).stdout
for line in output.splitlines():
    kind, name = line.split()[-2:]
    name, _, node = name.partition("@@")
    if kind == "A":  # a version node
        continue
    exported[name] = node
    if kind not in ("T", "W", "i"):
        problems.append(f"{name} is exported, but is not a function ({kind})")
    if name in listed and node != listed[name]:
        problems.append(f"{name} is exported in node {node or 'none'}, lib/gopm.map lists it in {listed[name]}")
problems += [f"{name} is exported, but not in lib/gopm.map" for name in sorted(exported.keys() - listed.keys())]
problems += [f"{name} is in lib/gopm.map, but is not exported" for name in sorted(listed.keys() - exported.keys())]
numbers = dict(re.findall(r"#define (GOPM_ABI_VERSION) (\d+)", (house.SOURCE / "include/gopm/types.h").read_text()))
soname = f"[libgopm.so.{numbers['GOPM_ABI_VERSION']}]"
if soname not in subprocess.run([house.need("readelf"), "-d", library], capture_output=True, text=True, check=True).stdout:
    problems.append(f"the library's soname is not {soname}, as GOPM_ABI_VERSION says")
house.finish(problems)
