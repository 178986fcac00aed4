#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the files of gopm-sys and gopm that follow from the public headers.

Without arguments it writes them. With --check it fails if they differ from what it would write."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import headers  # pylint: disable=wrong-import-position
import raw_files  # pylint: disable=wrong-import-position
import safe_files  # pylint: disable=wrong-import-position


def made():
    """Text by path."""
    text = headers.read_all()
    return {HERE / folder / "src" / name: content for folder, files in (("gopm-sys", raw_files), ("gopm", safe_files))
            for name, content in files.files(text).items()}


def main():
    wrong = []
    for path, text in made().items():
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                wrong.append(f"{path} differs from the headers: run {__file__}")
        else:
            path.write_text(text, encoding="utf-8")
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
