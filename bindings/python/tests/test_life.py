# SPDX-License-Identifier: Apache-2.0
"""Lives of handles: use after close, any order of release, threads, fork. Each ends in an exception of Python, never in a
crash."""
import gc
import os
import random
import threading

import gopm
from support import SampleTest, main, open_sample


class Closing(SampleTest):
    def test_use_after_close(self):
        core = open_sample()
        goroutines, stack, heap, iterator = core.goroutines(), core.stack(20), core.heap(), iter(core.goroutines())
        next(iterator)
        threads = core.threads()
        core.close()
        core.close()
        self.assertTrue(core.closed)
        self.assertEqual(repr(core), "<gopm.Core, closed>")
        calls = [lambda: core.info, lambda: core.build, lambda: list(goroutines), goroutines.count, core.groups, core.threads,
                 core.why, core.heap, core.findings, core.traceback, lambda: core.eval("1"), lambda: core.stack(20),
                 lambda: core.memory(0, 1), lambda: core.variables("main.*"), lambda: threads[0].registers,
                 lambda: goroutines.__arrow_c_stream__(), lambda: core.__enter__().info]
        for call in calls:
            with self.assertRaises(gopm.ClosedError):
                call()
        # What was made before keeps the core.
        self.assertEqual(sum(1 for _ in iterator), 2009)
        self.assertEqual(stack[3].variables["m"].Name, "server")
        self.assertTrue(heap.histogram())
        variables = stack[3].variables
        stack.close()
        self.assertEqual(variables["m"].inChannel.capacity, 100)
        for call in (lambda: stack[3].variables, lambda: stack[3].registers, lambda: stack[3].eval("1")):
            with self.assertRaises(gopm.ClosedError):
                call()
        value = variables["m"]
        value.close()
        for call in (lambda: value.Name, lambda: value.text, lambda: value.elem, lambda: value.json(), lambda: bool(value),
                     lambda: value.type, lambda: value == 7):
            with self.assertRaises(gopm.ClosedError):
                call()
        heap.close()
        for call in (heap.histogram, heap.retained, heap.suspects, lambda: heap.path(1), lambda: list(heap.objects())):
            with self.assertRaises(gopm.ClosedError):
                call()

    def test_with(self):
        with open_sample() as core, core.stack(20) as stack, core.heap() as heap, core.why(quick=True) as why:
            self.assertFalse(core.closed)
        for call in (lambda: core.info, lambda: stack[0].variables, heap.histogram, lambda: why.holders):
            with self.assertRaises(gopm.ClosedError):
                call()

    def test_any_order(self):
        for seed in range(5):
            core = open_sample()
            stack = core.stack(20)
            variables = stack[3].variables
            things = [core, stack, variables, variables["m"].elem, variables["m"].counters, iter(core.goroutines())]
            del core, stack, variables
            random.Random(seed).shuffle(things)
            while things:
                things.pop()
                gc.collect()


class Threads(SampleTest):
    def race(self, *works):
        """Runs functions at the same time. A closed handle is fine, everything else is not."""
        problems = []

        def guarded(work):
            try:
                work()
            except gopm.ClosedError:
                pass
            except BaseException as problem:  # pylint: disable=broad-except
                problems.append(problem)

        threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if problems:
            raise problems[0]

    def test_one_core(self):
        self.race(*[lambda: self.assertEqual(self.core.goroutines().count(), 2010)] * 4,
                  *[lambda: self.assertEqual(self.core.groups()[0].count, 1000)] * 4)

    def test_one_stack(self):
        """Only one thread at a time may use a stack of the library: the package sees to it."""
        stack = self.core.stack(20)
        value = stack[3].variables["m"]

        def read():
            for _ in range(20):
                self.assertEqual(value.Name, "server")
                self.assertEqual(len(list(value.inChannel)), 100)
                self.assertEqual(stack[3].eval("len(m.inChannel)"), 100)
                self.assertTrue(stack[4].variables["m"].text)

        self.race(*[read] * 4)

    def test_one_iterator(self):
        goroutines, seen, lock = self.core.goroutines(), [], threading.Lock()
        iterator = iter(goroutines)

        def read():
            while True:
                with lock:  # a generator of Python refuses two threads
                    g = next(iterator, None)
                if g is None:
                    return
                seen.append(g.id)

        self.race(*[read] * 4)
        self.assertEqual(len(seen), 2010)

    def test_close_while_in_use(self):
        for _ in range(5):
            core = open_sample()
            stack = core.stack(20)
            self.race(core.heap, core.why, lambda: list(core.goroutines()), core.groups, core.close,
                      lambda: stack[3].variables["m"].text, stack.close)
            self.assertTrue(core.closed)

    def test_fork(self):
        core = open_sample()
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if core.goroutines().count() == 2010 and core.groups()[0].count == 1000 else 1)
            finally:
                os._exit(2)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        self.assertEqual(core.goroutines().count(), 2010)
        core.close()


if __name__ == "__main__":
    main()
