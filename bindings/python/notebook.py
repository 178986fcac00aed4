#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a notebook in a folder, and keeps its outputs: notebook.py NOTEBOOK FOLDER

    PYTHONPATH=$PWD/bindings/python/src GOPM_LIBRARY=$PWD/build/release/libgopm.so bindings/python/notebook.py \\
        bindings/python/examples/story.ipynb build/story

It needs nbclient and ipykernel, and what the notebook imports.
"""
import json
import os
import sys
import tempfile

import nbclient
import nbformat


def executed(path, folder):
    """The notebook after a run of all its cells, whose working directory is the folder."""
    with open(path, encoding="utf-8") as file:
        notebook = nbformat.read(file, as_version=4)
    with tempfile.TemporaryDirectory() as home:  # for files of IPython and matplotlib
        os.environ.update(HOME=home, IPYTHONDIR=home, JUPYTER_RUNTIME_DIR=home, MPLCONFIGDIR=home)
        nbclient.NotebookClient(notebook, timeout=300, record_timing=False, resources={"metadata": {"path": str(folder)}}).execute()
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                         "language_info": {"name": "python"}}
    return notebook


def main():
    path, folder = sys.argv[1:]
    notebook = executed(path, folder)
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
