#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes random programs that note the values of their variables, for truth.py. Functions with arguments of many types
call each other, through loops, branches, closures and methods, until the last one parks.

usage: truth_random.py DIR SEED [FUNCTIONS]

Writes DIR/{main.go,go.mod}. The code for notes is that of tests/programs/truth. Functions assign to their arguments,
also constants, without an entry in the location list. Before the core is taken, the garbage collector frees dead
objects, and their memory is reused.
"""
import pathlib
import random
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TYPES = ("int", "int8", "uint16", "int32", "uint64", "bool", "string", "float64", "float32", "*point", "point",
         "[]int", "[]string", "chan int", "map[string]int", "func(int) int", "shape", "[2]int16", "error")
CONSTANTS = {"int": "77", "int8": "-7", "uint64": "7777", "bool": "true", "string": '"constant"', "*point": "&fixed",
             "[]int": "nil", "[]string": 'nil', "float64": "2.5", "chan int": "nil"}
NUMBERS = ("int", "int8", "uint16", "int32", "uint64")
COMPARED = [t for t in TYPES if t not in ("shape", "error")]


def literal(kind, r):
    n = r.randrange(1, 90)
    return {"string": f'opaque("s{n}")', "bool": f"opaque({str(n % 2 == 0).lower()})", "*point": f"&point{{{n}, {n + 1}, \"q\"}}",
            "point": f"opaque(point{{{n}, 2, \"v{n}\"}})", "[]int": f"[]int{{{n}, {n + 1}}}",
            "[]string": f'[]string{{"a{n}", "b"}}', "chan int": f"make(chan int, {n})",
            "map[string]int": f'map[string]int{{"m{n}": {n}}}', "func(int) int": "twice",
            "shape": f"small{{{n}}}", "[2]int16": f"opaque([2]int16{{{n}, -{n}}})", "error": "errors.New(\"e\")",
            "float64": f"opaque(float64({n}) / 3)", "float32": f"opaque(float32({n}) / 7)"}.get(
                kind, f"opaque({kind}({n}))")


def changed(name, kind):
    """A new value computed from the old one."""
    return {"string": f'{name} + "+"', "bool": f"!{name}", "*point": f"&point{{{name}.Y, {name}.X, {name}.Name}}",
            "[]int": f"append({name}, len({name}))", "[]string": f'append({name}, "z")'}.get(
                kind, f"{name} * 2 + 1" if kind in NUMBERS else name)


class Writer:
    def __init__(self, seed, functions):
        self.r = random.Random(seed)
        self.lines = []
        self.signatures = []
        for i in range(functions):
            self.signatures.append([self.r.choice(TYPES) for _ in range(self.r.randrange(1, 7))])

    def argument(self, kind, scope):
        """A value for a call: a variable in scope, or a new value."""
        r = self.r
        fitting = [name for name, k in scope if k == kind]
        if fitting and r.random() < 0.75:
            name = r.choice(fitting)
            return changed(name, kind) if r.random() < 0.15 else name
        if kind == "int" and r.random() < 0.3:
            return str(r.randrange(100))
        if kind == "bool" and r.random() < 0.5:
            return "true"
        if kind == "string" and r.random() < 0.5:
            return f'"c{r.randrange(100)}"'
        return literal(kind, r)

    def note(self, name, kind, indent):
        if kind in COMPARED:
            self.lines.append(f'{indent}note("{name}", {name})')
        if kind == "*point":
            self.lines.append(f'{indent}note("*{name}", *{name})')

    def call(self, to, scope, indent):
        values = [self.argument(kind, scope) for kind in self.signatures[to]]
        if self.r.random() < 0.6:
            # The caller notes the values, so that arguments of the callee may be dead.
            for i, kind in enumerate(self.signatures[to]):
                self.lines.append(f"{indent}var t{i} {kind} = {values[i]}")
                values[i] = f"t{i}"
                if kind in COMPARED:
                    self.lines.append(f'{indent}pass("a{i}", t{i})')
                if kind == "*point":
                    self.lines.append(f'{indent}pass("*a{i}", *t{i})')
        self.lines.append(f"{indent}f{to}({', '.join(values)})")

    def body(self, index, scope, indent):
        r = self.r
        callee = index + 1 + r.randrange(2)
        last = callee >= len(self.signatures)
        noted = r.choice((0, 0.3, 0.9))
        for name, kind in list(scope):
            if r.random() < noted:
                self.note(name, kind, indent)
        for n in range(r.randrange(4)):
            kind = r.choice(TYPES[:12])
            name = f"v{n}"
            self.lines.append(f"{indent}{name} := {self.argument(kind, scope)}")
            changes = r.random() < 0.4
            if changes or r.random() < 0.7:
                self.note(name, kind, indent)
            self.lines.append(f"{indent}use({name})")
            scope.append((name, kind))
            if changes:
                self.lines.append(f"{indent}if turn({r.randrange(3)}) {{")
                self.lines.append(f"{indent}\t{name} = {changed(name, kind)}")
                self.lines.append(f"{indent}}}")
                self.note(name, kind, indent)
        for name, kind in list(scope):
            # Assign a constant or a value computed from the old one. Either value may be dead, or live under another name.
            if r.random() < 0.12 and kind in CONSTANTS:
                if r.random() < 0.4:
                    self.lines.append(f"{indent}w{name} := {name}")
                    self.lines.append(f"{indent}use(w{name})")
                    scope.append((f"w{name}", kind))
                self.note(name, kind, indent)
                value = CONSTANTS[kind] if r.random() < 0.6 else changed(name, kind)
                self.lines.append(f"{indent}{name} = {value}")
                self.note(name, kind, indent)
        if r.random() < 0.3:
            kind = r.choice(("int", "string", "uint64"))
            fitting = [name for name, k in scope if k == kind]
            if fitting:
                name = r.choice(fitting)
                self.note(name, kind, indent)
                self.lines.append(f"{indent}for turn(1) {{")
                self.lines.append(f"{indent}\t{name} = {changed(name, kind)}")
                self.lines.append(f"{indent}\tuse({name})")
                self.lines.append(f"{indent}}}")
                self.note(name, kind, indent)
        way = r.randrange(5)
        if way == 0:
            self.lines.append(f"{indent}for i := opaque(0); i < 5; i++ {{")
            self.note("i", "int", indent + "\t")
            self.lines.append(f"{indent}\tif i == opaque({r.randrange(1, 4)}) {{")
            self.finish(callee, last, scope + [("i", "int")], indent + "\t\t")
            self.lines.append(f"{indent}\t}}")
            self.lines.append(f"{indent}}}")
        elif way == 1 and scope:
            taken = r.sample(scope, min(2, len(scope)))
            self.lines.append(f"{indent}func() {{")
            self.lines.append(f'{indent}\tenter("main.f{index}.func1")')
            for name, kind in taken:
                self.note(name, kind, indent + "\t")
            self.finish(callee, last, taken, indent + "\t")
            self.lines.append(f"{indent}}}()")
        else:
            self.finish(callee, last, scope, indent)

    def finish(self, callee, last, scope, indent):
        r = self.r
        if last:
            self.lines.append(f"{indent}{r.choice(('park(len(count))', 'block(count, 7)', 'rest(3600, count)'))}")
            return
        self.call(callee, scope, indent)
        if r.random() < 0.4 and scope:
            self.lines.append(f"{indent}use({r.choice(scope)[0]})")

    def function(self, index):
        scope = [(f"a{i}", kind) for i, kind in enumerate(self.signatures[index])]
        arguments = ", ".join(f"{name} {kind}" for name, kind in scope)
        if self.r.random() < 0.8:
            self.lines.append("//go:noinline")
        self.lines += [f"func f{index}({arguments}) {{", f'\tenter("main.f{index}")']
        self.body(index, scope, "\t")
        self.lines += ["}", ""]


TAIL = """
var count = []int{1, 2, 3}

// pass notes an argument of the function that is called next.
//
//go:noinline
func pass(name string, value any) {
	text, err := json.Marshal(plain(reflect.ValueOf(value)))
	if err != nil {
		panic(err)
	}
	say("pass", name+" "+string(text))
}

//go:noinline
func opaque[T any](v T) T { return v }

//go:noinline
func turn(n int) bool { calls++; return calls%3 == n }

//go:noinline
func use(v any) { last = v }

var (
	calls int
	last  any
	fixed = point{1, 2, "fixed"}
)

//go:noinline
func block(list []int, n uint8) {
	enter("main.block")
	note("list", list)
	note("n", n)
	ready.Done()
	var mutex sync.Mutex
	mutex.Lock()
	mutex.Lock()
}

//go:noinline
func rest(seconds int, list []int) {
	enter("main.rest")
	note("seconds", seconds)
	note("list", list)
	ready.Done()
	time.Sleep(time.Duration(seconds) * time.Second)
}

// refill frees dead objects, and fills memory of the same sizes with other values.
func refill() {
	for round := 0; round < 3; round++ {
		runtime.GC()
		runtime.GC()
		for i := 0; i < 4000; i++ {
			other := make([]*point, 1+i%24)
			for k := range other {
				other[k] = &point{-i, -k, "reused"}
			}
			bytes := make([]byte, 1+i%192)
			for k := range bytes {
				bytes[k] = 0xdd
			}
			channel := make(chan int, 1+i%90)
			channel <- -i
			kept = append(kept, other, bytes, channel, map[string]int{"reused": -i}, string(bytes))
		}
	}
}

var kept []any

func main() {
	for _, f := range starts {
		start(f)
		time.Sleep(time.Millisecond)
	}
	ready.Wait()
	time.Sleep(100 * time.Millisecond)
	refill()
	fmt.Println("ready")
	for {
		time.Sleep(time.Hour) // a program that waits only for locks and channels is deadlocked
	}
}
"""


def main():
    folder, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    functions = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    folder.mkdir(parents=True, exist_ok=True)
    base = (SOURCE / "tests/programs/truth/main.go").read_text(encoding="utf-8")
    base = base[:base.index("func main()")]
    writer = Writer(seed, functions)
    for index in range(functions):
        writer.function(index)
    writer.lines.append("var starts = []func(){")
    for _ in range(40):
        first = writer.r.randrange(functions)
        values = ", ".join(literal(kind, writer.r) for kind in writer.signatures[first])
        writer.lines.append(f"\tfunc() {{ f{first}({values}) }},")
    writer.lines.append("}")
    (folder / "main.go").write_text(base + "\n".join(writer.lines) + TAIL, encoding="utf-8")
    (folder / "go.mod").write_text("module random\n\ngo 1.26\n", encoding="ascii")


if __name__ == "__main__":
    main()
