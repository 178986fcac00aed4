# SPDX-License-Identifier: Apache-2.0
"""Goroutines, groups, stacks, threads and findings as JSON: members are those of the objects, and of Delve's answer."""
import gzip
import json

import gopm
from support import SAMPLE, SampleTest, main, open_sample


class Json(SampleTest):
    def test_goroutine(self):
        with gzip.open(SAMPLE / "delve.json.gz", "rt", encoding="utf-8") as file:
            delve = {g["id"]: g for g in json.load(file)["goroutines"]}
        found = {g["id"]: g for g in self.core.goroutines().json()}
        self.assertEqual(set(found), set(delve))
        for g in self.core.goroutines(user="main.*"):
            if g.id in (20, 21, 22):
                self.assertEqual(g.json(), found[g.id])
            mine = found[g.id]
            self.assertEqual((mine["address"], mine["statusName"], mine["userCurrentLoc"]["line"]),
                             (g.address, g.status, g.user.line))
        for number in (1, 20):
            for member in ("id", "threadID", "status", "waitReason"):
                self.assertEqual(found[number][member], delve[number][member])

    def test_groups(self):
        for by in ("user", "reason", "object", "stack"):
            groups = self.core.groups(by=by)
            for group in groups[:3]:
                record = group.json()
                self.assertEqual((record["count"], record["exampleID"]), (group.count, group.example_id))
                self.assertEqual("location" in record, by == "user")
                self.assertEqual(record.get("key", group.key), group.key)

    def test_stack(self):
        stack = self.core.stack(20)
        plain, full = stack.json(), stack.json(variables=True)
        self.assertEqual([f["line"] for f in plain["Locations"]], [f.line for f in stack])
        self.assertEqual(plain["end"], "complete")
        self.assertNotIn("Locals", plain["Locations"][0])
        for frame, record in zip(stack, full["Locations"]):
            names = [v["name"] for v in record["Arguments"] + record["Locals"]]
            self.assertEqual(sorted(names), sorted(v.name for v in frame.variables.all))

    def test_threads_and_findings(self):
        for thread in self.core.threads():
            record = thread.json(registers=True)
            self.assertEqual(record["registers"], thread.registers)
            self.assertNotIn("registers", thread.json())
        findings = self.core.findings()
        self.assertEqual([f["message"] for f in self.core.findings_json()], [f.message for f in findings])

    def test_closed(self):
        core = open_sample()
        goroutine, group, stack, thread = core.goroutine(20), core.groups()[0], core.stack(20), core.threads()[0]
        core.close()
        for call in (goroutine.json, thread.json, core.findings_json, lambda: next(core.goroutines().json())):
            with self.assertRaises(gopm.ClosedError):
                call()
        self.assertEqual(group.json()["count"], group.count)
        self.assertEqual(len(stack.json()["Locations"]), len(stack))
        stack.close()
        with self.assertRaises(gopm.ClosedError):
            stack.json()


if __name__ == "__main__":
    main()
