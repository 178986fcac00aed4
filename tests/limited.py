#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a test with a limit in CPU time, so that no test fails on a busy machine.

    limited.py SECONDS COMMAND [ARGUMENT]...

No process of the test may use more than SECONDS of CPU time. The last line has the CPU time of all of them, which
tests/cost.py sums up. The exit code is that of the test.
"""
import resource
import signal
import subprocess
import sys


def main(seconds, command):
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))

    code = subprocess.run(command, preexec_fn=limit, check=False).returncode
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code == -signal.SIGXCPU:
        print(f"stopped: more than {seconds} s of CPU time")
    print(f"cpu: {used.ru_utime + used.ru_stime:.2f} s", flush=True)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
