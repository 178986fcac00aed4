# SPDX-License-Identifier: Apache-2.0
"""Values: fields, elements, conversions, and what cannot be read. examples/story/metrics.go says what is expected."""
import gopm
from support import SampleTest, main


class Values(SampleTest):
    def setUp(self):
        self.frame = self.core.stack(20).frames[3]
        self.m = self.frame.variables["m"]

    def test_fields(self):
        self.assertEqual(self.m.Name, "server")
        self.assertEqual(self.m["Name"].type, "string")
        self.assertEqual((self.m.kind, self.m.type, self.m.elem.kind), ("pointer", "*main.Metrics", "struct"))
        self.assertEqual(list(self.m.elem.fields())[:2], ["Name", "inChannel"])
        self.assertEqual(self.m.elem.address, int(self.m))
        with self.assertRaises(AttributeError):
            _ = self.m.nothing
        with self.assertRaises(KeyError):
            _ = self.m["nothing"]
        self.assertFalse(hasattr(self.m, "__array__"))

    def test_channel(self):
        channel = self.m.inChannel
        self.assertEqual((len(channel), channel.capacity, channel.senders, channel.receivers), (100, 100, 1001, 0))
        self.assertFalse(channel.is_closed)
        self.assertEqual(int(channel), 0x39a125340070)
        metrics = list(channel)
        self.assertEqual(len(metrics), 100)
        self.assertTrue(all(str(metric.Key) for metric in metrics))
        self.assertEqual(channel[-1].Key, str(metrics[99].Key))
        self.assertEqual(len(channel[10:20]), 10)
        with self.assertRaises(IndexError):
            channel[100]

    def test_map(self):
        counters = self.m.counters
        self.assertEqual({str(k): int(v) for k, v in counters.items()}, {"requests": 25, "queue.longest": 20})
        self.assertEqual(counters["requests"], 25)
        self.assertIn("requests", counters)
        self.assertNotIn("nothing", counters)
        self.assertEqual(len(counters), 2)
        self.assertEqual({str(key) for key in counters}, {"requests", "queue.longest"})
        with self.assertRaises(KeyError):
            counters["nothing"]

    def test_conversions(self):
        variables = self.frame.variables
        self.assertEqual(int(variables["value"]), 100)
        self.assertEqual(float(variables["value"]), 100.0)
        self.assertEqual(variables["value"].python(), 100)
        self.assertEqual(str(variables["key"]), "queue.longest")
        self.assertEqual(bytes(variables["key"]), b"queue.longest")
        self.assertEqual(variables["key"][0:5], b"queue")
        self.assertEqual(variables["key"].text, '"queue.longest"')
        self.assertTrue(self.m.inChannel)
        evaluated = {"1 + 2": 3, "3.5": 3.5, "true": True, '"text"': "text", "-7": -7}
        for expression, expected in evaluated.items():
            self.assertEqual(self.core.eval(expression).python(), expected, expression)
        self.assertEqual(range(10)[self.core.eval("3")], 3)
        self.assertEqual(complex(self.core.eval("complex(1, 2)")), 1 + 2j)
        for wrong in (lambda: int(self.m.elem), lambda: bytes(self.m), lambda: len(self.m.longest), lambda: self.m.longest[0],
                      lambda: self.m.elem.python(), lambda: list(self.m.longest), lambda: self.m.longest.items(),
                      lambda: hash(self.m), lambda: self.m.longest.elem, lambda: range(3)[self.m]):
            with self.assertRaises(TypeError):
                wrong()

    def test_comparisons(self):
        self.assertEqual(self.m, self.core.stack(20)[4].variables["m"])
        self.assertNotEqual(self.m.Name, "other")
        self.assertNotEqual(self.m.Name, 7)
        self.assertEqual(self.m.longest, self.core.eval("100"))

    def test_provenance(self):
        self.assertEqual(self.m.provenance, "recovered")
        self.assertRegex(self.m.origin, "slot at 0x")
        self.assertTrue(self.m.is_argument)
        json = self.m.json()
        self.assertEqual((json["type"], json["text"]), ("*main.Metrics", self.m.text))

    def test_unreadable(self):
        lost = self.core.stack(20)[0].variables["mp"]
        self.assertRegex(lost.unreadable, "location list")
        for call in (lambda: int(lost), lambda: str(lost.elem), lambda: lost["x"], lambda: lost.is_nil, lambda: bool(lost),
                     lambda: lost == 7, lambda: len(lost)):
            with self.assertRaisesRegex(gopm.UnreadableError, "location list"):
                call()
        self.assertRegex(lost.text, "unreadable")
        with self.assertRaises(gopm.NilError):
            _ = self.core.eval("(*main.Metrics)(0)").Name
        hole = self.core.eval("(*main.Metrics)(16)")
        with self.assertRaises(gopm.UnreadableError):
            str(hole.Name)

    def test_expressions(self):
        self.assertEqual(self.frame.eval('m.counters["queue.longest"]'), 20)
        self.assertTrue(self.frame.eval("len(m.inChannel) == cap(m.inChannel)"))
        with self.assertRaises(gopm.ExpressionError) as caught:
            self.frame.eval("1 + nosuch")
        self.assertEqual(caught.exception.offset, 4)
        self.assertIsInstance(caught.exception, ValueError)
        with self.assertRaises(gopm.NotFoundError):
            self.frame.eval('m.counters["nothing"]')
        with self.assertRaises(gopm.ExpressionError):
            self.core.eval("m.Name")
        mux = self.core.variables("net/http.DefaultServeMux")
        self.assertEqual(list(mux), ["net/http.DefaultServeMux"])

    def test_long_string(self):
        """str() is the whole string, whatever the text shows."""
        long = max((v for v in self.core.variables("runtime.*").values() if v.unreadable is None and v.kind == "string"), key=len)
        self.assertGreater(len(long), 0)
        self.assertEqual(len(bytes(long)), len(long))
        at = int(self.m.Name.json()["base"])
        text = self.core.eval(f"(*string)({self.m.elem.address})").elem
        self.assertEqual(bytes(text), b"server")
        self.assertEqual(self.core.memory(at, len(text)), b"server")
        with self.assertRaises(gopm.LimitError):
            bytes(self.core.eval('"' + 300 * "x" + '"'))

    def test_repr(self):
        self.assertTrue(repr(self.m).startswith("<gopm.Value m = *main.Metrics"))
        self.assertLess(len(repr(self.m)), 260)
        self.m.close()
        self.assertEqual(repr(self.m), "<gopm.Value, closed>")


if __name__ == "__main__":
    main()
