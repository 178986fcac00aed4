# SPDX-License-Identifier: Apache-2.0
"""Goroutines as Arrow columns: pyarrow checks them in full, and they have what the objects have."""
import gc
import threading
import unittest

import gopm
from support import CORE, EXE, SampleTest, main, open_sample

try:
    import pyarrow
except ImportError:
    pyarrow = None


class Capsule(SampleTest):
    """Without a consumer."""

    def test_unused(self):
        for options in ({}, {"progress": lambda *_: None}):
            capsule = self.core.goroutines(**options).__arrow_c_stream__()
            self.assertIn('"arrow_array_stream"', repr(capsule))
            del capsule
            gc.collect()


@unittest.skipIf(pyarrow is None, "pyarrow is not installed")
class Columns(SampleTest):
    def test_rows(self):
        table = self.core.goroutines().to_arrow()
        table.validate(full=True)
        self.assertEqual(table.num_rows, 2010)
        times = table.column("wait_time").cast(pyarrow.int64()).to_pylist()
        self.assertEqual(times, [g.record.wait_time or None for g in self.core.goroutines()])
        rows = table.drop_columns(["wait_time"]).to_pylist()
        for row, g in zip(rows, self.core.goroutines(), strict=True):
            self.assertEqual((row["id"], row["address"], row["status"], row["wait_reason"]), (g.id, g.address, g.status, g.wait_reason))
            self.assertEqual((row["user_function"], row["user_file"], row["user_line"]),
                             tuple(x or None for x in (g.user.function, g.user.file, g.user.line)))
            self.assertEqual(row["start_function"], g.start.function or None)
            self.assertEqual(row["system"], g.is_system)
            self.assertEqual(row["wait_object"], g.record.wait.object or None)
        sums = table.group_by("user_function").aggregate([("id", "count")]).to_pydict()
        counts = dict(zip(sums["user_function"], sums["id_count"]))
        self.assertEqual((counts["main.(*Metrics).CountS"], counts["net.(*netFD).Read"]), (1000, 1000))
        self.assertEqual(sum(row["wait_senders"] == 1001 for row in rows), 1001)

    def test_fields(self):
        table = self.core.goroutines(fields=["user", "stack"], user="main.(*Metrics).CountS").to_arrow()
        self.assertEqual(table.num_rows, 1000)
        self.assertIn("stack_id", table.column_names)
        self.assertNotIn("wait_object", table.column_names)
        self.assertEqual(self.core.goroutines(user="nothing").to_arrow().num_rows, 0)

    def test_stream_outlives_core(self):
        core = open_sample()
        reader = pyarrow.RecordBatchReader.from_stream(core.goroutines(progress=lambda *_: None))
        core.close()
        del core
        gc.collect()
        table = reader.read_all()
        del reader
        gc.collect()
        self.assertEqual(table.num_rows, 2010)
        column = table.column("user_function")
        del table
        gc.collect()
        self.assertEqual(len(column.unify_dictionaries().combine_chunks().dictionary), 5)

    def test_core_in_memory(self):
        core = gopm.open(CORE.read_bytes(), EXE.read_bytes())
        reader = pyarrow.RecordBatchReader.from_stream(core.goroutines())
        core.close()
        del core
        gc.collect()
        self.assertEqual(reader.read_all().num_rows, 2010)

    def test_closed_core(self):
        core = open_sample()
        unused = core.goroutines().__arrow_c_stream__()
        goroutines = core.goroutines()
        core.close()
        with self.assertRaises(gopm.ClosedError):
            goroutines.to_arrow()
        del core, goroutines
        gc.collect()
        self.assertIn('"arrow_array_stream"', repr(unused))

    def test_other_thread(self):
        reader = pyarrow.RecordBatchReader.from_stream(self.core.goroutines(progress=lambda *_: None))
        tables = []
        thread = threading.Thread(target=lambda: tables.append(reader.read_all()))
        thread.start()
        thread.join()
        self.assertEqual(tables[0].num_rows, 2010)

    def test_exceptions_of_callbacks(self):
        def fail(*_):
            raise RuntimeError("mine")

        with self.assertRaisesRegex(RuntimeError, "mine"):
            self.core.goroutines(progress=fail).to_arrow()
        with self.assertRaises(Exception) as caught:
            pyarrow.RecordBatchReader.from_stream(self.core.goroutines(progress=fail)).read_all()
        self.assertIn("cancelled", str(caught.exception))

    def test_consumed_once(self):
        class Twice:
            def __init__(self, capsule):
                self.capsule = capsule

            def __arrow_c_stream__(self, requested_schema=None):
                return self.capsule

        twice = Twice(self.core.goroutines().__arrow_c_stream__())
        self.assertEqual(pyarrow.RecordBatchReader.from_stream(twice).read_all().num_rows, 2010)
        with self.assertRaises(Exception):
            pyarrow.RecordBatchReader.from_stream(twice)

    def test_other_consumers(self):
        goroutines = self.core.goroutines()
        query = "select user_function, count(*) from rows group by 1 order by 2 desc, 1 limit 1"
        for name in ("duckdb", "polars", "pandas"):
            with self.subTest(name):
                try:
                    module = __import__(name)
                except ImportError:
                    print(f"{name} is not installed: not asked")
                    continue
                if name == "duckdb":
                    rows = goroutines.to_arrow()
                    self.assertEqual(module.sql(query).fetchall(), [("main.(*Metrics).CountS", 1000)])
                    del rows
                elif name == "polars":
                    frame = module.DataFrame(goroutines)
                    self.assertEqual(frame.filter(module.col("user_function") == "main.(*Metrics).CountS").height, 1000)
                else:
                    frame = goroutines.to_pandas()
                    self.assertEqual(frame["user_function"].value_counts()["main.(*Metrics).CountS"], 1000)


if __name__ == "__main__":
    main()
