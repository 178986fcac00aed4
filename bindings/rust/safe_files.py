# SPDX-License-Identifier: Apache-2.0
"""The files of gopm that follow from the headers: families of constants as types, and records with methods for their members."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import headers as h  # pylint: disable=wrong-import-position
from doc_text import doc  # pylint: disable=wrong-import-position
from raw_files import HEADER, KEYWORDS, TYPES, rust_name  # pylint: disable=wrong-import-position

# Names of families whose prefix does not say what they are.
KINDS = {"G_": "GoroutineStatus", "WAIT_": "WaitKind", "FINDING_": "FindingKind", "GROUP_": "GroupBy", "FROM_": "Provenance",
         "HEAP_": "HeapForm", "HEAP_NODE_": "HeapNodeKind", "HEAP_WASTE_": "HeapWasteKind", "OBJECT_": "ObjectKind", "EDGE_": "EdgeKind",
         "PROGRESS_": "Phase", "TRACEBACK_": "TracebackLevel", "PROFILE_": "ProfileKind", "SLIM_": "SlimProfile", "TYPE_FROM_": "TypeSource",
         "CHAN_": "ChanDirection", "FIELD_": "Fields"}
# Records whose name a type of the crate has, which has the record.
RECORDS = {"frame": "FrameRecord", "why_finding": "WhyFindingRecord"}
# Families that no record has.
OTHERS = ["GROUP_", "STACK_END_", "HEAP_BY_", "PROGRESS_", "TRACEBACK_", "FIELD_", "SLIM_", "COMPRESSION_", "PROFILE_FLAG_"]


class Families:
    """Which family a constant and a member belong to."""

    def __init__(self, text):
        self.constants = h.constants(text)
        self.records = {record.name: record for record in h.records(text)}
        self.prefixes = h.family_prefixes(text)
        sizes = {member.array for struct in h.structs(text) for member in struct.members or [] if member.array}
        self.members = {}  # (prefix, is flag) -> constants
        for constant in self.constants:
            prefix = self.prefix(constant.name)
            if f"GOPM_{constant.name}" not in sizes and not constant.status:
                self.members.setdefault((prefix, constant.unsigned), []).append(constant)

    def prefix(self, name):
        """That of the headers' comments, else the name up to its last word."""
        return next((p for p in self.prefixes if name.startswith(p)), name.rpartition("_")[0] + "_")

    @staticmethod
    def type_name(key):
        prefix, flags = key
        if flags and prefix not in KINDS or flags and prefix == "WAIT_":
            return camel(prefix.removesuffix("_").removesuffix("_FLAG")) + "Flags"
        return KINDS.get(prefix, camel(prefix.removesuffix("_")))

    def of_member(self, member):
        """The key of the family, or None."""
        if member.type != "uint32_t":
            return None
        other = re.search(r"\bas (gopm_\w+)\.(\w+)", member.comment)
        if other is not None:
            return self.of_member(next(m for m in self.records[other[1]].members if m.name == other[2]))
        named = re.search(r"\bGOPM_(\w+_)\*", member.comment)
        prefix = named[1] if named else None
        if prefix is None:
            constant = re.match(r"GOPM_([A-Z_]+)\b", member.comment)
            prefix = constant and self.prefix(constant[1])
        if prefix is None:
            return None
        flags = member.name.endswith("flags")
        return next((key for key in ((prefix, flags), (prefix, not flags)) if key in self.members), None)


def camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


def record_name(name):
    name = name.removeprefix("gopm_")
    return RECORDS.get(name, camel(name))


def method_name(name):
    return "type_name" if name == "type" else f"{name}_" if name in KEYWORDS else name


def has_text(record, records):
    return any(m.type == "gopm_str" or m.type in records and has_text(records[m.type], records) for m in record.members)


def member_type(member, families):
    key = families.of_member(member)
    if key is not None:
        return Families.type_name(key)
    if member.type == "gopm_str":
        return "Text<'a>"
    if member.type in families.records:
        life = "<'a>" if has_text(families.records[member.type], families.records) else ""
        return record_name(member.type) + life
    return TYPES.get(member.type, "i32") if member.array is None else f"[{TYPES[member.type]}; gopm_sys::{member.array} as usize]"


def kind(name, width, about, constants, prefix, macro):
    lines = ["", f"{macro}! {{", f"    /// {about}", f"    {name}: {width} {{"]
    for constant in constants:
        short = constant.name.removeprefix(prefix)
        lines += doc(constant.comment or f"`GOPM_{constant.name}`.", "        ")
        lines.append(f'        {short} = GOPM_{constant.name}, "{short.lower().replace("_", " ")}";')
    return lines + ["    }", "}"]


def kinds_file(text):
    families = Families(text)
    used = {(prefix, flags) for prefix in OTHERS for flags in (False, True) if (prefix, flags) in families.members}
    used |= {key for record in families.records.values() for key in map(families.of_member, record.members) if key is not None}
    lines = [HEADER, "//! Families of constants as types. Later versions of the library may have values without a name.", "",
             "use gopm_sys::*;"]
    statuses = [c for c in families.constants if c.status]
    lines += kind("Status", "i32", "The result of a call.", statuses, "ERR_", "kind")
    names = {}
    for key, constants in families.members.items():
        if key in used:
            name = Families.type_name(key)
            if names.setdefault(name, key) != key:
                h.fail(f"{name} is the name of two families")
            about = f"{'Bits' if key[1] else 'One'} of `GOPM_{key[0]}*`."
            lines += kind(name, "u32", about, constants, key[0], "flags" if key[1] else "kind")
    return "\n".join(lines) + "\n"


def records_file(text):
    families = Families(text)
    lines = [HEADER, "//! The records of the library. Names and meanings are those of the headers. A number that is unknown, or that a record",
             "//! does not have, is what its method says, mostly 0.", "", "use crate::kinds::*;", "use crate::text::Text;"]
    taken = {Families.type_name(key) for key in families.members}
    for record in families.records.values():
        name = record_name(record.name)
        if name in taken:
            h.fail(f"{name} is a record and a family")
        life = "<'a>" if has_text(record, families.records) else ""
        lines += ["", "record! {", *doc(record.comment or f"`{record.name}`.", "    "), f"    {name}{life}: {record.name} {{"]
        for member in record.members:
            lines += doc(member.comment or f"See `{record.name}.{member.name}` in the headers.", "        ")
            lines.append(f'        {method_name(member.name)} "{member.name}" {rust_name(member.name)}: {member_type(member, families)};')
        lines += ["    }", "}"]
    return "\n".join(lines) + "\n"


def files(text):
    """Text by path in gopm/src."""
    return {"kinds.rs": kinds_file(text), "records.rs": records_file(text)}
