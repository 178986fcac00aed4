#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The story over the Python package: a server hangs, and its core says why. Usage: story.py CORE [EXE]"""
import sys

import gopm

with gopm.open(*sys.argv[1:3]) as core:
    for group in core.groups(by="user"):
        print(f"{group.count:8} {group.location.function}:{group.location.line}")
    consumer = core.goroutines(where="start=*startInChannelConsumer").first()
    if consumer is None:
        sys.exit("no goroutine consumes the channel")
    for frame in consumer.stack():
        print(f"{frame.function} at {frame.file}:{frame.line}")
        for name, value in frame.read_variables(depth=0).items():
            print(f"    {name} = {value.text}")
            if name == "m":
                print(f"    {len(value.inChannel)} of {value.inChannel.capacity}, {value.inChannel.senders} senders")
    for group in core.groups(by="object", where="reason=chan*")[:1]:
        print(f"{group.count:8} {group.location.function}:{group.location.line} {group.key}")
    print(core.why())
