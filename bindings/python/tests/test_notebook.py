# SPDX-License-Identifier: Apache-2.0
"""The notebook runs, and its stored outputs are those of the run."""
import json
import pathlib
import sys
import tempfile
import unittest

from support import CORE, EXE, SOURCE, main

sys.path.insert(0, str(SOURCE / "bindings/python"))
import notebook  # pylint: disable=wrong-import-position

PATH = SOURCE / "bindings/python/examples/story.ipynb"
# The program has these; tests/examples compares them with Delve and the runtime.
FACTS = ["main.(*Metrics).CountS chan send 1000", "main.(*Metrics).SetM story/metrics.go:93", 'key "queue.longest"', "value 100",
         "100 of 100 elements, 1001 goroutines wait to send", "queue.longest 20", "requests 80", "net/http.conn 1000 144000"]


def outputs(cells):
    """The outputs of each cell: (kind, text), where an image has only its kind."""
    found = []
    for cell in cells:
        for output in cell.get("outputs", []):
            kind = output["output_type"]
            if kind == "stream":
                found.append((output["name"], "".join(output["text"])))
            else:
                found += [(name, "" if name.startswith("image/") else "".join(text))
                          for name, text in output.get("data", {kind: str(output)}).items() if name != "text/html"]
    return found


class Notebook(unittest.TestCase):
    def test_outputs(self):
        stored = json.loads(PATH.read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            for name, target in (("core", CORE), ("server", EXE)):
                pathlib.Path(folder, name).symlink_to(target)
            fresh = notebook.executed(PATH, folder)
        self.maxDiff = None
        self.assertEqual(outputs(fresh.cells), outputs(stored["cells"]))
        kinds = [kind for kind, _ in outputs(fresh.cells)]
        self.assertEqual(kinds.count("image/png"), 2)
        self.assertNotIn("stderr", kinds)
        printed = "\n".join(" ".join(line.split()) for _, text in outputs(fresh.cells) for line in text.splitlines())
        for fact in FACTS:
            self.assertIn(fact, printed)

    def test_cells_ran_in_order(self):
        cells = [c for c in json.loads(PATH.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
        self.assertEqual([c["execution_count"] for c in cells], list(range(1, len(cells) + 1)))


if __name__ == "__main__":
    main()
