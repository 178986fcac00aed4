# SPDX-License-Identifier: Apache-2.0
"""Scores the answers of `gopm why` and `gopm leaks` by what is known of a program, in the terms of its start functions.

Goroutines are known by their ids. The runtime's own traceback of the moment of the core says which functions are on their
stacks. A pattern is a function's name; a star at its end is any text.
"""
import dataclasses
import json
import re
import subprocess

MEASURES = ("verdict", "pattern", "blamed", "objects", "waiters", "cycle", "says", "holder", "scheduler", "proof", "recall")
BLOCK = re.compile(r"^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^\]]*)\]:\n(.*?)(?=^goroutine |^r[a-z0-9]+ +0x|\Z)",
                   re.MULTILINE | re.DOTALL)
ARGUMENTS = re.compile(r"\((?:\.\.\.|[^()]|\{[^}]*\})*\)$")


def goroutines(text):
    """{id: (state, functions on the stack, innermost first)} of a traceback."""
    found = {}
    for number, state, body in BLOCK.findall(text):
        lines = [line.strip() for line in body.splitlines() if line and not line.startswith(("\t", "created by", "goroutine"))]
        if number != "0":
            found[int(number)] = state, [ARGUMENTS.sub("", line) for line in lines]
    return found


def matches(name, pattern):
    if pattern.endswith("*") and not pattern.endswith("(*"):
        return name.startswith(pattern[:-1])
    return name == pattern


def ids_of(found, patterns):
    """Ids of the goroutines with a function on the stack that fits one of the patterns."""
    return {number for number, (_, frames) in found.items()
            if any(matches(frame, pattern) for frame in frames for pattern in patterns)}


def certain_ids(finding):
    """Ids that a certain finding calls certain."""
    waiters = {waiter["id"] for waiter in finding["waiters"] if waiter["certainty"] == "certain"}
    return waiters | set(finding["blamed"])


def object_fits(item, want):
    """`want` is "TYPE in PLACE", or a word of the kind, type or place."""
    words, _, place = want.partition(" in ")
    text = " ".join(str(item.get(key) or "") for key in ("kind", "type", "in", "name"))
    return words in text and place in text


def edge_fits(edge, want, found, objects):
    source, item, target = want
    return (edge["from"] in ids_of(found, [source]) and bool(ids_of(found, [target]) & set(edge["to"]))
            and edge["object"] < len(objects) and object_fits(objects[edge["object"]], item))


@dataclasses.dataclass
class Score:
    name: str
    healthy: bool
    false_certain: list = dataclasses.field(default_factory=list)  # why each is false
    measures: dict = dataclasses.field(default_factory=dict)  # of MEASURES, 0 to 1
    notes: list = dataclasses.field(default_factory=list)
    likely: int = 0

    def problems(self, least=1.0):
        lines = [f"FALSE CERTAIN: {text}" for text in self.false_certain]
        lines += [f"{name} {value:.2f}" for name, value in self.measures.items() if value < least]
        return [f"{self.name}: {line}" for line in lines + (self.notes if lines else [])]


def share(parts):
    parts = list(parts)
    return sum(parts) / len(parts) if parts else 1.0


def score(name, truth, found, findings, leaks):
    """`found`: the goroutines; `findings`, `leaks`: the answers."""
    result = Score(name, truth["verdict"] == "healthy")
    wanted_leaks = ids_of(found, truth.get("leaked", [])) - ids_of(found, truth.get("not_leaked", []))
    allowed = (ids_of(found, truth.get("certain", [])) - ids_of(found, truth.get("not_leaked", []))) | wanted_leaks
    for finding in findings:
        if finding["certainty"] == "certain":
            people = certain_ids(finding)
            result.false_certain += [f"{finding['verdict']} of goroutine {number}: {found.get(number)}"
                                     for number in sorted(people - allowed)]
            if not people:
                result.false_certain.append(f"{finding['verdict']} of nobody")
        result.likely += finding["certainty"] == "likely"
    leaked = set(leaks["leaked"])
    known = leaks.get("goroutines", [])
    if {entry["id"] for entry in known} != leaked | set(leaks["suspects"]):
        result.false_certain.append("leaks: the list of goroutines is not that of the leaked ones and the suspects")
    result.false_certain += [f"leaks: goroutine {entry['id']} is {entry['certainty']} by {entry['basis']}" for entry in known
                             if (entry["certainty"] == "certain") != (entry["id"] in leaked)
                             or (entry["certainty"] == "certain" and entry["basis"] == "none")]
    result.false_certain += [f"leak of goroutine {number}: {found.get(number)}" for number in sorted(leaked - allowed)]
    if truth.get("leaked"):
        result.measures["recall"] = share(number in leaked for number in sorted(wanted_leaks))
        missing = sorted(wanted_leaks - leaked)
        if missing:
            result.notes.append(f"not leaked: {[(number, found[number][1][-2:]) for number in missing]}")
    if result.healthy:
        few = len(findings) <= truth.get("findings", len(findings))
        result.measures["healthy"] = float(not result.false_certain and result.likely <= truth.get("likely", 1) and few)
        result.notes += [brief(finding) for finding in findings]
        return result
    top = findings[0] if findings else {"verdict": "none", "certainty": "none", "blamed": [], "waiters": [], "objects": [], "edges": []}
    result.notes += [brief(finding) for finding in findings[:3]]
    same = {top["verdict"], truth["verdict"]}
    # A goroutine that nothing can wake is a deadlock or a leak, depending on who speaks.
    result.measures["verdict"] = 1.0 if len(same) == 1 else 0.5 if same == {"deadlock", "leak"} else 0.0
    if "blamed" in truth:
        blamed = set(top["blamed"])
        met = all(ids_of(found, [pattern]) & blamed for pattern in truth["blamed"])
        known = ids_of(found, truth["blamed"] + truth.get("also", []))
        result.measures["blamed"] = float(bool(findings) and met and not blamed - known)
    if "objects" in truth:
        result.measures["objects"] = share(any(object_fits(item, want) for item in top["objects"]) for want in truth["objects"])
    if "waiters" in truth:
        result.measures["waiters"] = float(bool(findings) and abs(len(top["waiters"]) - truth["waiters"]) <= 1)
    if "cycle" in truth:
        result.measures["cycle"] = share(any(edge_fits(edge, want, found, top["objects"]) for edge in top["edges"])
                                         for want in truth["cycle"])
    if "pattern" in truth:
        result.measures["pattern"] = float(top.get("pattern") == truth["pattern"])
    if "says" in truth:
        result.measures["says"] = float(all(words in top.get("text", "") for words in truth["says"]))
    if "proof" in truth:
        result.measures["proof"] = float(top["certainty"] == "certain")
    return result


def brief(finding):
    objects = [" in ".join(filter(None, (item.get("type") or item.get("kind"), item.get("in")))) for item in finding["objects"]]
    return (f"{finding['verdict']}, {finding['certainty']} ({finding.get('basis')}); blamed {finding['blamed'][:6]}; "
            f"{len(finding['waiters'])} waiters; {objects[:4]}")


def contradictions(name, truth, found):
    """Patterns that no goroutine of the traceback meets: then the table is wrong, or the program did not hang as meant."""
    patterns = {pattern for key in ("blamed", "also", "certain", "leaked", "not_leaked") for pattern in truth.get(key, [])}
    patterns |= {edge[end] for edge in truth.get("cycle", []) for end in (0, 2)}
    return [f"{name}: no goroutine has {pattern} on its stack" for pattern in sorted(patterns) if not ids_of(found, [pattern])]


def ask(command, core, exe, *options):
    """The answer of `gopm COMMAND --json`."""
    gopm, word = command
    arguments = [str(gopm), word, "--json", *options, str(core), str(exe)]
    result = subprocess.run(arguments, capture_output=True, text=True, timeout=300, check=False)
    if result.returncode not in (0, 3) or not result.stdout.strip():
        raise RuntimeError(f"{' '.join(arguments)}: exit code {result.returncode}: {result.stderr.strip()[-500:]}")
    answer = json.loads(result.stdout)
    return answer.get("result", answer)


def answers(gopm, core, exe):
    """(findings, leaks)"""
    why = ask((gopm, "why"), core, exe)
    findings = why["findings"] if isinstance(why, dict) else why
    for finding in findings:
        for key in ("blamed", "waiters", "objects", "edges"):
            finding[key] = finding.get(key) or []
        for edge in finding["edges"]:
            edge["to"] = edge.get("to") or []
        finding["waiters"] = [waiter if isinstance(waiter, dict) else {"id": waiter, "certainty": finding["certainty"]}
                              for waiter in finding["waiters"]]
    leaks = ask((gopm, "leaks"), core, exe)
    return findings, {key: leaks.get(key) or [] for key in ("leaked", "suspects", "groups", "goroutines")}


def summary(scores):
    """Lines with the means of each measure."""
    hangs, healthy = [s for s in scores if not s.healthy], [s for s in scores if s.healthy]
    lines = [f"false certain: {sum(len(s.false_certain) for s in scores)}",
             f"healthy and clean: {sum(s.measures['healthy'] == 1 for s in healthy)} of {len(healthy)}"]
    for measure in MEASURES:
        values = [s.measures[measure] for s in hangs if measure in s.measures]
        if values:
            lines.append(f"{measure}: {share(values):.3f} of {len(values)}")
    return lines


def mean(scores, measure):
    values = [s.measures[measure] for s in scores if measure in s.measures]
    return share(values)
