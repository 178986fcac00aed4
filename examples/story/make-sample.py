#!/usr/bin/env python3
"""Makes sample/ again: a compressed core of the hung server with its executable, the
runtime's own traceback of the same moment, and Delve's answers about it.

    make-sample.py [--go 1.26.8] [--keep DIR]

Needs go, gdb, zstd and dlv, and not gopm, because tests compare gopm with these
files. The server hangs for over three minutes first, so that the garbage
collector stores the start of each wait.
"""
import argparse
import gzip
import json
import pathlib
import shutil
import subprocess
import sys

import delve

HERE = pathlib.Path(__file__).resolve().parent
SAMPLE = HERE / "sample"


def write_gzip(path, text):
    with open(path, "wb") as file, gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
        packed.write(text.encode())


def chosen(goroutines):
    """The consumer, the main goroutine, and a few of the thousands."""
    kinds = {"main.(*Metrics).SetM": 1, "main.(*MainHandler).ServeHTTP": 3, "net.(*netFD).Read": 3, "net.(*netFD).accept": 1}
    numbers = []
    for kind, count in kinds.items():
        numbers += [g["id"] for g in goroutines if g["userCurrentLoc"]["function"]["name"] == kind][:count]
    return numbers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--go", default="1.26.8")
    parser.add_argument("--keep", type=pathlib.Path, default="/tmp/story", help="folder for the unpacked core")
    parser.add_argument("--reuse", action="store_true", help="use the files in --keep")
    args = parser.parse_args()
    if delve.find() is None:
        sys.exit("make-sample: dlv is not installed")
    if not args.reuse:
        subprocess.run([HERE / "make-cores.py", args.keep, "--go", args.go, "--lean", "--quiet", "200", "--env", "GOGC=20",
                        "--env", "GOMAXPROCS=2"], check=True)
    SAMPLE.mkdir(exist_ok=True)
    core, server = args.keep / "core", args.keep / "server"
    subprocess.run(["zstd", "-19", "--quiet", "--force", core, "-o", SAMPLE / "core.zst"], check=True)
    shutil.copy(server, SAMPLE / "server")
    write_gzip(SAMPLE / "traceback.txt.gz", (args.keep / "traceback.txt").read_text())

    with delve.Delve(server, core) as session:
        goroutines = session.goroutines()
        stacks = {number: session.stack(number) for number in chosen(goroutines)}
    write_gzip(SAMPLE / "delve.json.gz", json.dumps({"goroutines": goroutines, "stacks": stacks}, indent=0))
    total = sum(path.stat().st_size for path in SAMPLE.iterdir())
    print(f"{SAMPLE}: {total} bytes, {len(goroutines)} goroutines")
    if total > 12_000_000:
        sys.exit("make-sample: more than 12 MB")


if __name__ == "__main__":
    main()
