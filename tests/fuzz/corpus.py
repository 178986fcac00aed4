#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Handles the corpora of the fuzz targets: corpus/TARGET.tar.xz, one archive per target.

    corpus.py unpack TARGET FOLDER     write the inputs to FOLDER, for libFuzzer
    corpus.py pack TARGET FOLDER       make the archive of the files in FOLDER
    corpus.py add TARGET FILE...       add inputs, named by their digest as libFuzzer names them

The same inputs always make the same archive.
"""
import hashlib
import io
import pathlib
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent / "corpus"


def read_archive(target):
    with tarfile.open(HERE / f"{target}.tar.xz") as archive:
        return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


def write_archive(target, inputs):
    with tarfile.open(HERE / f"{target}.tar.xz", "w:xz", format=tarfile.USTAR_FORMAT, preset=6) as archive:
        for name, data in sorted(inputs.items()):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o644
            archive.addfile(member, io.BytesIO(data))
    print(f"{target}: {len(inputs)} inputs, {(HERE / f'{target}.tar.xz').stat().st_size} bytes")


def main(arguments):
    if len(arguments) < 3 or arguments[0] not in ("unpack", "pack", "add"):
        print(__doc__)
        return 2
    command, target, *paths = arguments
    if command == "unpack":
        folder = pathlib.Path(paths[0])
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in read_archive(target).items():
            (folder / pathlib.PurePath(name).name).write_bytes(data)
    elif command == "pack":
        write_archive(target, {path.name: path.read_bytes() for path in pathlib.Path(paths[0]).iterdir() if path.is_file()})
    else:
        inputs = read_archive(target)
        for path in map(pathlib.Path, paths):
            data = path.read_bytes()
            inputs[hashlib.sha1(data).hexdigest()] = data
        write_archive(target, inputs)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
