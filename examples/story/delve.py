"""Asks Delve about a core, for the expectations of the sample and the comparisons in tests/gopm."""
import json
import os
import re
import shutil
import socket
import subprocess

# Limits of Delve's terminal for values.
LOAD = {"FollowPointers": True, "MaxVariableRecurse": 1, "MaxStringLen": 64, "MaxArrayValues": 64, "MaxStructFields": -1}


def find():
    """Path of dlv, or None."""
    return shutil.which("dlv") or shutil.which("dlv", path=os.path.expanduser("~/go/bin"))


class Delve:
    """One headless Delve on one core."""

    def __init__(self, exe, core):
        self.process = subprocess.Popen(
            [find(), "core", str(exe), str(core), "--headless", "--listen=127.0.0.1:0", "--check-go-version=false"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        match = re.search(r"listening at: (\S+):(\d+)", line)
        if match is None:
            raise RuntimeError("delve: " + line + self.process.stdout.read())
        self.socket = socket.create_connection((match[1], int(match[2])))
        self.reader = self.socket.makefile("r", encoding="utf-8")
        self.serial = 0

    def call(self, method, **arguments):
        self.serial += 1
        request = {"method": "RPCServer." + method, "params": [arguments], "id": self.serial}
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(self.reader.readline())
        if answer["error"]:
            raise RuntimeError(f"delve: {method}: {answer['error']}")
        return answer["result"]

    def goroutines(self):
        found, start = [], 0
        while start >= 0:
            answer = self.call("ListGoroutines", Start=start, Count=10000)
            found += answer["Goroutines"]
            start = answer["Nextg"]
        return found

    def stack(self, goroutine, full=True):
        return self.call("Stacktrace", Id=goroutine, Depth=1000, Cfg=LOAD if full else None)["Locations"]

    def close(self):
        self.reader.close()
        self.socket.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
