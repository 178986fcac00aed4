# SPDX-License-Identifier: Apache-2.0
"""Progress as bars of tqdm: the bar that a user asks for, at its end, and closed by whom made it."""
import functools
import io
import sys
from unittest import mock

import tqdm

import gopm
from gopm._bar import BarCallback
from support import CORE, SampleTest, main, open_sample


class Bars(SampleTest):
    def bars(self):
        """A class of bars that write to memory and are kept."""
        made = []

        class Kept(tqdm.tqdm):
            def __init__(self, *arguments, **options):
                self.descriptions, self.closed = [], 0
                made.append(self)
                super().__init__(*arguments, file=io.StringIO(), mininterval=0, **options)

            def set_description(self, desc=None, refresh=True):
                self.descriptions.append(desc)
                super().set_description(desc, refresh)

            def close(self):
                self.closed += not self.disable
                super().close()

        return Kept, made

    def test_true_uses_tqdm(self):
        cls, made = self.bars()
        with mock.patch("tqdm.auto.tqdm", cls):
            open_sample(progress=True).close()
        self.assertEqual(len(made), 1)
        # The bytes of the compressed file.
        self.assertEqual((made[0].n, made[0].unit, made[0].closed), (CORE.stat().st_size, "B", 1))
        self.assertIn("unpack: 100%", made[0].fp.getvalue())

    def test_each_call(self):
        heap = self.core.heap()
        calls = {
            "heap": lambda p: self.core.heap(progress=p), "why": lambda p: self.core.why(progress=p),
            "leaks": lambda p: self.core.leaks(progress=p), "groups": lambda p: self.core.groups(progress=p),
            "list": lambda p: list(self.core.goroutines(progress=p)), "count": lambda p: self.core.goroutines(progress=p).count(),
            "retained": lambda p: heap.retained(progress=p), "suspects": lambda p: heap.suspects(progress=p),
        }
        for name, call in calls.items():
            with self.subTest(name):
                cls, made = self.bars()
                call(cls)
                call(functools.partial(cls, leave=False))
                # Computed before: it does not work again.
                most = 2 if name not in ("retained", "suspects") else len(made)
                self.assertEqual(len(made), most)
                for bar in made:
                    self.assertEqual((bar.n, bar.closed), (bar.total, 1))

    def test_phases(self):
        cls, made = self.bars()
        report = BarCallback(cls)
        seen = []
        for now in (("goroutines", 5, 10), ("goroutines", 9, 10), ("heap", 3, 40), ("heap", 1, 40), ("0", 7, 0), ("0", 8, 0)):
            report(*now)
            seen.append((made[0].descriptions[-1], made[0].n, made[0].total))
        report.close(True)
        self.assertEqual(seen[:4], [("goroutines", 5, 10), ("goroutines", 9, 10), ("heap", 3, 40), ("heap", 1, 40)])
        # Of unknown work only the part that is done is known.
        self.assertEqual([(name, done) for name, done, _ in seen[4:]], [("analysis", 7), ("analysis", 8)])
        self.assertEqual((len(made), made[0].n, made[0].closed), (1, 8, 1))

    def test_goroutines(self):
        cls, made = self.bars()
        goroutines = iter(self.core.goroutines(progress=cls))
        next(goroutines)
        goroutines.close()
        self.assertEqual([bar.closed for bar in made], [1] * len(made))
        self.assertEqual(len(list(self.core.goroutines(progress=cls))), 2010)
        self.assertEqual([made[-1].total >= 2010, made[-1].unit, made[-1].closed], [True, "", 1])

    def test_an_open_bar_stays_open(self):
        cls, made = self.bars()
        with cls(desc="mine") as bar:
            self.core.heap(progress=bar)
            self.core.goroutines(progress=bar).count()
            self.assertEqual((len(made), bar.closed, bar.n), (1, 0, bar.total))
            self.assertEqual(bar.descriptions[-1], "goroutines")

    def test_failures_close_the_bar(self):
        cls, made = self.bars()

        class Fails(cls):
            def update(self, n=1):
                raise RuntimeError("mine")

        for call in (lambda: open_sample(progress=Fails), lambda: self.core.heap(progress=Fails),
                     lambda: list(self.core.goroutines(progress=Fails))):
            with self.assertRaisesRegex(RuntimeError, "mine"):
                call()
            self.assertEqual(made[-1].closed, 1)

    def test_false_is_none(self):
        with mock.patch("tqdm.auto.tqdm", side_effect=AssertionError):
            open_sample(progress=False).close()
            self.assertEqual(self.core.goroutines(progress=False).count(), 2010)

    def test_without_tqdm(self):
        with mock.patch.dict(sys.modules, {"tqdm": None, "tqdm.auto": None}):
            with self.assertRaisesRegex(ImportError, "progress=True needs the package tqdm") as caught:
                open_sample(progress=True)
            self.assertEqual(caught.exception.name, "tqdm")
            self.assertEqual(self.core.goroutines().count(), 2010)

    def test_wrong_types(self):
        for wrong in (7, "tqdm", object(), [1]):
            with self.assertRaisesRegex(TypeError, "progress must be"):
                gopm.open("core", progress=wrong)


if __name__ == "__main__":
    main()
