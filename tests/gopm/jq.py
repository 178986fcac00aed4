#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The story's two jq recipes work unchanged on `goroutines --json`."""
import subprocess

import common

common.need("jq")
COMMAND = f"{common.GOPM} goroutines --json {common.SAMPLE}/core.zst {common.SAMPLE}/server"


def shell(recipe):
    return subprocess.run(["bash", "-o", "pipefail", "-c", f"{COMMAND} | {recipe}"], capture_output=True, text=True,
                          check=True).stdout


problems = []
counts = shell("jq -c '.result[] | [.userCurrentLoc.function.name, .userCurrentLoc.line]' | sort | uniq -c | sort -rn")
lines = [line.split(None, 1) for line in counts.splitlines()]
if ["1000", '["main.(*Metrics).CountS",98]'] not in lines or ["1", '["main.(*Metrics).SetM",93]'] not in lines:
    problems.append("counts: " + counts)
ids = shell("jq '.result[] | select(.startLoc.function.name | test(\"startInChannelConsumer$\")) | .id'").split()
if ids != ["20"]:
    problems.append(f"the consumer: {ids}")
common.finish(problems)
