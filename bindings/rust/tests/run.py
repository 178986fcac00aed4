#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the crates: run.py ACTION LIBRARY.

test: unit tests, tests of the safe crate, and the examples of its docs. lint: format, clippy and docs without a warning."""
import re
import sys

import cargo


def test(library):
    cargo.need("cargo", "rustc")
    output = cargo.run(["cargo", "test", "--workspace"], cargo.environment(library), cargo.crates())
    print(*re.findall(r"^test result: .*", output, re.MULTILINE), sep="\n")


def lint(library):
    cargo.need("cargo", "rustc", "cargo-clippy", "rustfmt")
    crates, variables = cargo.crates(), cargo.environment(library)
    cargo.run(["cargo", "fmt", "--check"], variables, cargo.CRATES)
    cargo.run(["cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings"], variables, crates)
    cargo.run(["cargo", "doc", "--workspace", "--no-deps"], {**variables, "RUSTDOCFLAGS": "-D warnings"}, crates)


if __name__ == "__main__":
    {"test": test, "lint": lint}[sys.argv[1]](*sys.argv[2:])
