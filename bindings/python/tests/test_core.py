# SPDX-License-Identifier: Apache-2.0
"""Opening, goroutines, groups, stacks, threads, waits, heap: facts of the sample come from the program and the runtime."""
import datetime
import pickle
import signal
import time
import traceback

import gopm
from support import CORE, EXE, SampleTest, main, open_sample


class Opening(SampleTest):
    def test_info(self):
        self.assertEqual(self.core.info.machine, "amd64")
        self.assertEqual(self.core.info.compression, "zstd")
        self.assertTrue(self.core.info.go_version.startswith("go1."))
        self.assertTrue(self.core.build.go_version.startswith("go1."))
        self.assertEqual(self.core.info.core_path, str(CORE))
        self.assertIn("core.zst", repr(self.core))

    def test_failures_say_what_and_where(self):
        with self.assertRaises(gopm.ReadError) as caught:
            gopm.open("/nonexistent/core")
        self.assertEqual(caught.exception.path, "/nonexistent/core")
        self.assertIsInstance(caught.exception, OSError)
        self.assertEqual(caught.exception.status, -3)
        again = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual((type(again), str(again), again.path), (gopm.ReadError, str(caught.exception), again.path))
        with self.assertRaises(gopm.FormatError) as caught:
            gopm.open(EXE, EXE)
        self.assertEqual(caught.exception.path, str(EXE))

    def test_wrong_types(self):
        for wrong in (None, 7, 1.5, object()):
            with self.assertRaises(TypeError):
                gopm.open(wrong)
        with self.assertRaises(TypeError):
            gopm.open(CORE, EXE, progress=7)
        with self.assertRaises(ValueError):
            gopm.open("a\0b")
        with self.assertRaises((TypeError, OverflowError)):
            gopm.open(CORE, EXE, max_frames=-1)
        for call in (lambda: self.core.stack("20"), lambda: self.core.stack(1.5), lambda: self.core.eval(7),
                     lambda: self.core.goroutines(user=7).first(), lambda: self.core.goroutines(nothing="x"),
                     lambda: self.core.goroutine(), lambda: self.core.memory("x", 1), lambda: gopm.Core(7).info):
            with self.assertRaises((TypeError, AttributeError)):
                call()
        for call in (lambda: self.core.stack(-1), lambda: self.core.stack(2**64), lambda: self.core.memory(-1, 1),
                     lambda: self.core.goroutine(2**70)):
            with self.assertRaises(OverflowError):
                call()
        for call in (lambda: self.core.groups(by="nothing"), lambda: self.core.goroutines(fields=["nothing"]),
                     lambda: self.core.goroutines("user"), lambda: self.core.goroutines("x=y"), lambda: self.core.memory(0, -1),
                     lambda: self.core.goroutines(user="a\0b").first(), lambda: gopm.attach(0)):
            with self.assertRaises(ValueError):
                call()

    def test_bytes(self):
        core_bytes, exe_bytes = bytearray(CORE.read_bytes()), EXE.read_bytes()
        stack = gopm.open(core_bytes, exe_bytes).stack(20)
        with self.assertRaises(BufferError):
            core_bytes.clear()  # the stack still needs it
        self.assertEqual(stack[3].function, "main.(*Metrics).SetM")
        for data in (b"not a core", b""):
            with self.assertRaises(gopm.Error):
                gopm.open(data)

    def test_progress(self):
        seen = []
        open_sample(progress=lambda *now: seen.append(now)).close()
        self.assertTrue(seen)
        self.assertTrue(all(phase == "unpack" and done <= total for phase, done, total in seen))
        with self.assertRaises(gopm.CancelledError):
            open_sample(progress=lambda *_: True)

    def test_exceptions_of_callbacks(self):
        def fail(*_):
            raise RuntimeError("mine")

        for call in (lambda: open_sample(progress=fail), lambda: list(self.core.goroutines(progress=fail)),
                     lambda: self.core.groups(progress=fail), lambda: self.core.heap(progress=fail),
                     lambda: self.core.why(progress=fail), lambda: self.core.goroutines(progress=fail).count()):
            with self.assertRaisesRegex(RuntimeError, "mine"):
                call()
        self.assertEqual(self.core.goroutines().count(), 2010)

    def test_signal_stops_a_long_call(self):
        """A handler that raises, as Ctrl-C's does, is run inside the call, which then ends early."""
        self.assertTrue(self.is_stopped(lambda: None, lambda _: open_sample().close()))
        # It has no progress of its own, and reads the names in the DWARF once for each core.
        self.assertTrue(self.is_stopped(open_sample, lambda core: core.variables("main.*")))

    @staticmethod
    def is_stopped(prepare, call):
        """True if the handler of a signal is run inside the call, in one of some attempts at moments all over it."""
        def interrupt(*_):
            raise KeyboardInterrupt

        before = signal.signal(signal.SIGALRM, interrupt)
        inside = False
        try:
            for attempt in range(60):
                if attempt % 10 == 0:  # how long it takes on this machine now
                    core, begin = prepare(), time.perf_counter()
                    call(core)
                    took = time.perf_counter() - begin
                core = prepare()
                try:
                    signal.setitimer(signal.ITIMER_REAL, max(took * (1 + attempt % 10) / 12, 1e-5))
                    call(core)
                    signal.setitimer(signal.ITIMER_REAL, 0)
                except KeyboardInterrupt as stopped:
                    inside = any(frame.name == "_report" for frame in traceback.extract_tb(stopped.__traceback__))
                if inside:
                    break
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        return inside


class Goroutines(SampleTest):
    def test_all(self):
        goroutines = list(self.core.goroutines())
        self.assertEqual(len(goroutines), 2010)
        self.assertEqual(sum(g.user.function == "main.(*Metrics).CountS" for g in goroutines), 1000)
        self.assertEqual(len({g.address for g in goroutines}), 2010)
        self.assertEqual(len(set(goroutines)), 2010)

    def test_conditions(self):
        self.assertEqual(self.core.goroutines(user="main.(*Metrics).CountS").count(), 1000)
        self.assertEqual(self.core.goroutines({"reason": "IO wait", "user": "net.*Read"}).count(), 1000)
        self.assertEqual(self.core.goroutines("start=*startInChannelConsumer").first().id, 20)
        self.assertEqual([g.id for g in self.core.goroutines(id=20)], [20])
        self.assertIsNone(self.core.goroutines(user="nothing").first())
        waiting = self.core.goroutines(waiting=datetime.timedelta(minutes=1), reason="chan send").count()
        self.assertEqual(waiting, 1001)
        system = self.core.goroutines(system=True).count()
        self.assertEqual(system + self.core.goroutines(system=False).count(), 2010)
        self.assertTrue(self.core.goroutines(system=True).first().is_system)

    def test_one(self):
        g = self.core.goroutine(20)
        self.assertEqual(g, self.core.goroutine(address=g.address))
        self.assertEqual((g.status, g.wait_reason), ("waiting", "chan send"))
        self.assertEqual(g.start.function, "main.(*Metrics).startInChannelConsumer")
        self.assertGreater(g.wait_time, datetime.timedelta(minutes=1))
        self.assertEqual((g.wait.length, g.wait.capacity, g.wait.senders, g.wait.type), (100, 100, 1001, "main.Metric"))
        self.assertEqual(g.waits, [g.wait])
        self.assertEqual(g.labels, {})
        self.assertEqual(self.core.goroutines(object=g.wait.object).count(), 1001)
        with self.assertRaises(gopm.NotFoundError) as caught:
            self.core.goroutine(10**9)
        self.assertIsInstance(caught.exception, LookupError)
        with self.assertRaises(gopm.NotFoundError):
            self.core.stack(10**9)

    def test_groups(self):
        groups = self.core.groups()
        self.assertEqual([g.count for g in groups], [1000, 1000, 8, 1, 1])
        self.assertEqual(groups[0].location.line, 98)
        by_object = self.core.groups("object")[0]
        self.assertEqual(by_object.key, "chan main.Metric 0x39a125340070, 100 of 100: 1001 senders, 0 receivers")
        self.assertEqual(sum(g.count for g in self.core.groups(by="reason", system=False)), self.core.goroutines(system=False).count())


class Stacks(SampleTest):
    def test_stack(self):
        stack = self.core.stack(20)
        self.assertEqual((stack.end, stack.end_address), ("complete", None))
        self.assertEqual(stack.frames[3].function, "main.(*Metrics).SetM")
        self.assertEqual((stack[3].file, stack[3].line, stack[3].language), ("story/metrics.go", 93, "go"))
        self.assertEqual(stack[-1].function, "runtime.goexit")
        self.assertEqual([f.function for f in self.core.stack(20, outer_frames=2)], [f.function for f in stack[-2:]])
        self.assertEqual(self.core.stack(20, max_frames=2).end, "limit")
        self.assertIsNone(stack[3].registers)
        with self.assertRaises(IndexError):
            stack[99]

    def test_threads(self):
        threads = self.core.threads()
        self.assertEqual(len(threads), self.core.info.thread_count)
        self.assertEqual(len({t.id for t in threads}), len(threads))
        for thread in threads:
            self.assertEqual(thread.registers["rip"], thread.record.pc)
            self.assertEqual(thread.stack()[0].registers, thread.registers)
            self.assertGreater(len(self.core.stack(thread=thread.id)), 0)

    def test_memory_and_symbols(self):
        g = self.core.goroutine(1)
        # g.stack.lo is the first word of a g.
        self.assertEqual(int.from_bytes(self.core.memory(g.address, 8), "little"), g.record.stack_lo)
        with self.assertRaises(gopm.UnreadableError) as caught:
            self.core.memory(16, 8)
        self.assertEqual(caught.exception.address, 16)
        self.assertEqual(self.core.memory(16, 0), b"")
        self.assertEqual(self.core.symbolize(g.start.entry)[0].function, "runtime.main")
        self.assertEqual(self.core.symbolize(1), [])
        self.assertTrue(any(m.address <= g.address < m.address + m.size for m in self.core.mappings()))
        self.assertTrue(self.core.modules())

    def test_traceback(self):
        text = self.core.traceback(20)
        self.assertTrue(text.startswith("goroutine 20 [chan send"))
        self.assertIn("created by main.NewMetrics", text)
        with self.assertRaises(gopm.NotFoundError):
            self.core.traceback(10**9)


class Analysis(SampleTest):
    def test_why(self):
        with self.core.why() as why:
            self.assertEqual((why.verdict, len(why)), ("deadlock", 1))
            finding = why[0]
            self.assertEqual((finding.certainty, finding.pattern), ("likely", "self chan"))
            self.assertEqual([w.id for w in finding.blamed], [20])
            self.assertEqual(len(finding.waiters), 1001)
            self.assertEqual(finding.objects[0].address, 0x39a125340070)
            self.assertEqual(finding.objects[0].in_, "main.Metrics.inChannel")
            self.assertEqual(finding.edge_targets(0), [20])
            self.assertIn("1001 goroutines are stuck", finding.text)
            self.assertIn("1. deadlock, likely", str(why))
            self.assertEqual(why.chain(130)[0].next, 20)
            with self.assertRaises(gopm.NotFoundError):
                why.chain(10**9)
        with self.assertRaises(gopm.ClosedError):
            _ = finding.waiters
        self.assertEqual(self.core.why(quick=True).info.goroutines, 2010)
        self.assertIsInstance(self.core.leaks().leaks, list)

    def test_heap(self):
        with self.core.heap() as heap:
            sizes = {row.type: (row.objects, row.bytes) for row in heap.histogram(type="net/http.*")}
            # A thousand connections, each with one request; the allocator's slots have 144 and 320 bytes.
            self.assertEqual(sizes["net/http.conn"], (1000, 144000))
            self.assertEqual(sizes["net/http.Request"], (1000, 320000))
            self.assertEqual(sum(row.bytes for row in heap.histogram()), heap.info.bytes)
            self.assertEqual(sum(1 for _ in heap.objects(type="net/http.conn", live=True)), 1000)
            first = next(heap.objects(type="net/http.conn"))
            self.assertEqual(heap.object_at(first.address + 8), first)
            self.assertTrue(heap.path(first.address))
            self.assertEqual(heap.suspects()[0].name, "net/http.conn")
            self.assertTrue(next(heap.retained("type")).bytes)
            with self.assertRaises(gopm.NotFoundError):
                heap.object_at(1)
            with self.assertRaises(ValueError):
                heap.retained("nothing")
            self.assertEqual(self.core.why(heap=heap).verdict, "deadlock")
        with self.assertRaises(gopm.ClosedError):
            self.core.why(heap=heap)

    def test_findings(self):
        self.assertTrue(all(finding.message for finding in self.core.findings()))


if __name__ == "__main__":
    main()
