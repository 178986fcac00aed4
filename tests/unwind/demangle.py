#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Symbols of C++ and Rust are demangled as c++filt does; without libiberty they stay as they are.

    demangle.py TOOL ON|OFF
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

RUST = """pub mod outer {
    pub struct Thing<T>(pub T);
    pub trait Act { fn act(&self) -> usize; }
    impl<T> Act for Thing<T> { #[inline(never)] fn act(&self) -> usize { std::mem::size_of::<T>() } }
}
#[no_mangle] pub extern "C" fn first() -> usize { use outer::Act; outer::Thing((1u8, "a")).act() + outer::Thing([0u64; 3]).act() }
pub fn closure(n: usize) -> Vec<Box<dyn Fn(usize) -> usize + Send>> { vec![Box::new(move |k| k + n)] }
"""


def lines(command, text=""):
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False).stdout.splitlines()


def symbols(file):
    found = set()
    for option in ("-D", "-a"):
        found |= {row.split()[-1].split("@")[0] for row in lines(["nm", option, file]) if row}
    return found


def files(folder):
    """Libraries of C++ and Rust."""
    found = sorted(pathlib.Path("/usr/lib").glob("*-linux-gnu/libstdc++.so.6"))
    if shutil.which("rustc"):
        (folder / "t.rs").write_text(RUST, encoding="utf-8")
        for kind in ("legacy", "v0"):
            # Only v0 is stable in all versions.
            unstable = ["-Z", "unstable-options"] if kind == "legacy" else []
            out = folder / f"lib{kind}.so"
            subprocess.run(["rustc", *unstable, "-C", f"symbol-mangling-version={kind}", "--crate-type", "cdylib", "-g", "-o", out,
                            folder / "t.rs"], capture_output=True, check=False)
            found += [out] if out.exists() else []
        found += sorted(pathlib.Path(lines(["rustc", "--print", "sysroot"])[0]).glob("lib/libstd-*.so"))
    return found


def main(tool, mode):
    for need in ("c++filt", "nm"):
        if not shutil.which(need):
            print(f"SKIP: {need} is not installed")
            return 77
    with tempfile.TemporaryDirectory() as name:
        names = sorted(set().union(*map(symbols, files(pathlib.Path(name)))))
    names = [name for name in names if name.startswith(("_Z", "_R"))]
    text = "\n".join(names)
    ours, theirs = lines([tool], text), lines(["c++filt", "--no-verbose"], text)
    wrong = [(a, b, c) for a, b, c in zip(names, ours, theirs) if b != (c if mode == "ON" else a)]
    # Of Rust, names that look like a binder of many lifetimes, and names of more than 2048 bytes, stay.
    wrong = [row for row in wrong if row[0] != row[1] or len(row[0]) < 2048 and not (row[0].startswith("_R") and "G" in row[0])]
    for row in wrong[:10]:
        print("{}\n  is {}\n  c++filt: {}".format(*row))
    kept = sum(a == b != c for a, b, c in zip(names, ours, theirs))
    print(f"{len(names)} symbols, {sum(name.startswith('_R') for name in names)} of them Rust v0; {kept} are not demangled, but c++filt does")
    if mode == "ON" and kept > len(names) // 100:
        print("too many stay")
        return 1
    return 1 if wrong or len(ours) != len(names) or len(names) < 1000 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
