#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random functions that lock. What the library reads in their machine code is compared with all that can happen by
their source: sync_random.py amd64|arm64 126|127 [SEED [FUNCTIONS]]

Every run of a function is followed, for each way in which its pointers may be equal, and each lock that its caller may
hold. A run ends where it would wait for itself, or would unlock what is not locked. A lock counts as held if the
function took it in every run that gets to the call of mark(); this the library may miss, but must never claim wrongly.
No release may be missed."""
import itertools
import pathlib
import random
import re
import sys
import tempfile

import syncdump

common = syncdump.common
MUTEXES = ["t.mu", "u.mu", "t.next.mu", "global"]
RWMUTEXES = ["t.rw", "u.rw"]
# Which objects t, u and t.next are.
ALIASES = [(0, 0, 0), (0, 0, 2), (0, 1, 0), (0, 1, 1), (0, 1, 2)]
# What a method does, by its name.
METHODS = {"take": "lock", "drop": "unlock", "lock": "lock", "unlock": "unlock", "takeTwice": "lock", "dropTwice": "unlock",
           "dropNext": "unlock"}
SOURCE = {"lock": "Lock", "unlock": "Unlock", "wlock": "Lock", "wunlock": "Unlock", "rlock": "RLock", "runlock": "RUnlock"}


class Function:
    """A random function: its text, and its graph. A node is [operation, name or number, successors]."""

    def __init__(self, rng, name, first):
        self.rng, self.name, self.mark = rng, name, first
        self.nodes, self.lines, self.depth, self.conditions = [], [], 1, 0
        self.deferred = 0
        self.step(self.block([self.node("begin")], rng.randrange(4, 14)), "return")

    def node(self, operation, on=None):
        self.nodes.append([operation, on, []])
        return len(self.nodes) - 1

    def link(self, ends, to):
        for end in ends:
            self.nodes[end][2].append(to)

    def line(self, text):
        self.lines.append("\t" * self.depth + text)

    def step(self, ends, operation, on=None):
        to = self.node(operation, on)
        self.link(ends, to)
        return [to]

    def condition(self):
        self.conditions += 1
        return f"is({self.conditions})"

    def inner(self, ends, size):
        self.depth += 1
        ends = self.block(ends, size)
        self.depth -= 1
        return ends

    def block(self, ends, size):
        for _ in range(size):
            if not ends:
                return ends
            ends = self.statement(ends)
        return ends

    def operation(self, ends):
        rng = self.rng
        if rng.random() < 0.2:
            method, on = rng.choice(list(METHODS)), rng.choice("tu")
            on = "t" if method == "dropNext" else on
            self.line(f"{on}.{method}()")
            return self.step(ends, METHODS[method], on + (".next.mu" if method == "dropNext" else ".mu"))
        if rng.random() < 0.65:
            operation, on = rng.choice(["lock", "unlock"]), rng.choice(MUTEXES)
        else:
            operation, on = rng.choice(["wlock", "wunlock", "rlock", "runlock"]), rng.choice(RWMUTEXES)
        self.line(f"{on}.{SOURCE[operation]}()")
        return self.step(ends, operation, on)

    def statement(self, ends):
        rng, what = self.rng, self.rng.random()
        if what < 0.35:
            return self.operation(ends)
        if what < 0.65:
            self.line(f"mark({self.mark})")
            self.mark += 1
            return self.step(ends, "mark", self.mark - 1)
        if what < 0.80 and self.depth < 4:
            self.line(f"if {self.condition()} {{")
            then, other = self.inner(ends, rng.randrange(1, 4)), ends
            if rng.random() < 0.5:
                self.line("} else {")
                other = self.inner(ends, rng.randrange(1, 4))
            self.line("}")
            return sorted(set(then) | set(other))
        if what < 0.87 and self.depth < 3:
            head = self.step(ends, "nop")
            self.line(f"for {self.condition()} {{")
            self.link(self.inner(head, rng.randrange(1, 4)), head[0])
            self.line("}")
            return head
        if what < 0.90 and self.depth > 1:
            self.line("return")
            self.step(ends, "return")
            return []
        if what < 0.92 and self.depth > 1:
            self.line('panic("no")')
            self.step(ends, "panic")
            return []
        if what < 0.95 and self.depth == 1 and self.deferred < 3:
            self.deferred += 1
            self.line(f"defer {rng.choice(['t.mu', 'u.mu', 'global'])}.Unlock()")
            return ends
        self.line(rng.choice(["n = change(n)", "t.n = n", "mark(-1)", "t.n, u.n = u.n, n+t.n", "n += len(t.many)"]))
        return ends

    def text(self):
        return f"//go:noinline\nfunc {self.name}(t, u *T, n int) {{\n" + "\n".join(self.lines) + "\n}\n"


def instance(name, alias):
    """Which lock the name is."""
    if name == "global":
        return name
    pointer = {"t": 0, "u": 1, "t.next": 2}[name.rpartition(".")[0]]
    return (name.rpartition(".")[2], alias[pointer])


# The state of one lock: (own write holds, own read holds, caller's write holds, caller's read holds, releases of the
# caller's hold since it was last taken).
FREE, BY_CALLER, READ_BY_CALLER = (0, 0, 0, 0, ""), (0, 0, 1, 0, ""), (0, 0, 0, 1, "")


def after(lock, operation):
    """The state after the operation; None: the run ends."""
    write, read, caller, caller_reads, released = lock
    if operation in ("lock", "wlock"):
        return None if write or read or caller or caller_reads else (1, 0, 0, 0, "")
    if operation == "rlock":
        return None if write or caller or read == 2 else (0, read + 1, 0, caller_reads, "")
    if operation in ("unlock", "wunlock"):
        return None if not write and not caller else (0, 0, 0, 0, "" if write else operation)
    if read:
        return (0, read - 1, 0, caller_reads, released)
    return (0, 0, 0, 0, "runlock") if caller_reads else None


def runs(function):
    """{number of the mark: {(alias, state)}}; a state is {lock: its state} as a tuple."""
    used = {on for operation, on, _ in function.nodes if on in MUTEXES + RWMUTEXES}
    marks = {}
    for alias in ALIASES:
        locks = sorted({instance(on, alias) for on in used}, key=str)
        begins = [[FREE, BY_CALLER] + ([READ_BY_CALLER] if lock[0] == "rw" else []) for lock in locks]
        seen = {(0, state) for state in itertools.product(*begins)}
        work = list(seen)
        while work:
            at, state = work.pop()
            operation, on, successors = function.nodes[at]
            if operation == "mark":
                marks.setdefault(on, set()).add((alias, tuple(zip(locks, state))))
            if on in used:
                which = locks.index(instance(on, alias))
                new = after(state[which], operation)
                if new is None:
                    continue
                state = state[:which] + (new,) + state[which + 1 :]
            for to in successors:
                if (to, state) not in seen:
                    seen.add((to, state))
                    work.append((to, state))
    return marks


def returning(function):
    """The nodes with a path to a return."""
    nodes = {i for i, node in enumerate(function.nodes) if node[0] == "return"}
    while True:
        more = {i for i, node in enumerate(function.nodes) if nodes & set(node[2])} - nodes
        if not more:
            return nodes
        nodes |= more


def first_operations(function, on, kinds, alias):
    """[node: the first operations of these kinds on this lock that a path from the node has], with "return" if it has
    none. A path that panics or never ends has none either, but does not return."""
    which = instance(on, alias)
    found, counted = [set() for _ in function.nodes], returning(function)
    changed = True
    while changed:
        changed = False
        for at in range(len(function.nodes) - 1, -1, -1):
            operation, name, successors = function.nodes[at]
            if at not in counted:
                continue
            if operation in kinds and instance(name, alias) == which:
                new = {operation}
            elif operation == "return":
                new = {"return"}
            else:
                new = set().union(*(found[to] for to in successors)) if successors else set()
            if new != found[at]:
                found[at] = new
                changed = True
    return found


RELEASES = {"unlock": "lock", "wunlock": "wlock", "runlock": "rlock"}


def claims_of(text):
    found = syncdump.facts(text)
    held = {item for item, must in found.get("held", {}).items() if must}
    return held, set(found.get("released", {})), found.get("pending", {})


def is_held(kind, name, alias, state):
    lock = dict(state).get(instance(name, alias), FREE)
    return lock[1] > 0 if kind == "rlock" else lock[0] > 0


def check(function, mark, states, text, score):
    held, released, pending = claims_of(text)
    for kind, name in held:
        if name not in ("?", "any") and not all(is_held(kind, name, *state) for state in states):
            yield f"holds {kind} {name}: not in every run"
    for on in MUTEXES + RWMUTEXES:
        for kind in ["lock"] if on in MUTEXES else ["wlock", "rlock"]:
            if states and all(is_held(kind, on, *state) for state in states):
                score[(kind, on) in held or (kind, "?") in held] += 1
    # A release of the caller's lock that is not known could be one of any other name of it.
    for alias, state in states:
        for which, lock in state:
            names = {name for kind, name in released if kind == lock[4]}
            if lock[4] and not any(name in ("?", "any") or instance(name, alias) == which for name in names):
                yield f"does not say that it did {lock[4]} {which}"
    at = next(i for i, node in enumerate(function.nodes) if node[:2] == ["mark", mark])
    for (kind, name), must in pending.items():
        if name in ("?", "any") or kind not in RELEASES:
            continue
        for alias in ALIASES:
            first = first_operations(function, name, (kind, RELEASES[kind]), alias)[at]
            if must and first - {kind}:
                yield f"is to {kind} {name} on every path, which has {sorted(first)} first"
    for on in MUTEXES + RWMUTEXES:
        for kind in ["unlock"] if on in MUTEXES else ["wunlock", "runlock"]:
            first = first_operations(function, on, (kind, RELEASES[kind]), ALIASES[-1])[at]
            if kind in first and (kind, on) not in pending and not {(kind, "?"), (kind, "any")} & pending.keys():
                yield f"is not to {kind} {on}, which some path does"
            if first == {kind}:
                score[2 + any(pending.get((kind, name)) for name in (on, "?"))] += 1


def write_program(folder, functions):
    types = (syncdump.PROGRAM / "main.go").read_text()
    types = types[types.index("type T struct") : types.index("//go:noinline")]
    methods = (syncdump.PROGRAM / "shapes.go").read_text()
    methods = "".join(re.findall(r"(?:^//go:noinline\n)?^func \(t \*T\) (?:lock|unlock|take|drop|takeTwice|dropTwice|dropNext)\(\).*\n", methods, re.M))
    names = ", ".join(function.name for function in functions)
    (folder / "go.mod").write_text("module locked\n\ngo 1.24\n")
    (folder / "main.go").write_text(
        "package main\n\nimport (\n\t\"os\"\n\t\"sync\"\n\t\"sync/atomic\"\n)\n\n" + types + methods
        + "//go:noinline\nfunc mark(n int) {\n\tsink.Add(int32(n))\n}\n\n"
        + "//go:noinline\nfunc is(n int) bool {\n\treturn sink.Add(1)&1 != 0\n}\n\n"
        + "//go:noinline\nfunc change(n int) int {\n\treturn n * 3\n}\n\n"
        + f"var all = []func(t, u *T, n int){{{names}}}\n\n"
        + "func main() {\n\tif len(os.Args) > 1 {\n\t\tpanic(\"dies\")\n\t}\n\tall[len(os.Args)+7](&T{}, &T{}, 1)\n}\n\n"
        + "\n".join(function.text() for function in functions))


def main():
    cpu, toolchain = sys.argv[1:3]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 300
    rng, functions, first, problems, score = random.Random(seed), [], 0, [], [0, 0, 0, 0]
    while len(functions) < count:
        function = Function(rng, f"f{len(functions)}", first)
        if function.mark > first:
            functions.append(function)
        first = function.mark
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "program").mkdir()
        write_program(folder / "program", functions)
        found = syncdump.dump(folder / "program", cpu, toolchain, folder)
    for function in functions:
        states = runs(function)
        for _, mark, _ in (node for node in function.nodes if node[0] == "mark"):
            for problem in check(function, mark, states.get(mark, set()), found.get(mark, ""), score):
                problems.append(f"{function.name}: mark({mark}): {problem}\n{function.text()}")
    missed, known, unsure, sure = score
    print(f"{len(functions)} functions, {first} marks; of locks that are held {known} of {known + missed} are found, of releases"
          f" that every path does {sure} of {unsure + sure}")
    # It misses what only equal pointers or waits rule out.
    if known < 4 * missed or sure < unsure or known == 0:
        problems.append("too many are missed")
    common.finish(problems, 5)


main()
