# SPDX-License-Identifier: Apache-2.0
"""Runs cargo on a copy of the crates in the build folder, without a network: what the default build does not use may be a stub."""
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[3]
CRATES = SOURCE / "bindings/rust"
SAMPLE = SOURCE / "examples/story/sample"
BUILD = pathlib.Path(os.environ.get("GOPM_BUILD", SOURCE / "build/dev")) / "rust-tests"
# The crates of Debian's librust-*-dev packages.
DEBIAN = pathlib.Path("/usr/share/cargo/registry")
OLDEST = (1, 63)


def skip(reason):
    print("SKIP:", reason)
    sys.exit(77)


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            skip(f"{program} is not installed")
    version = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)\.(\d+)", version)
    if found is None:
        skip("rustc does not run")
    if tuple(map(int, found.groups())) < OLDEST:
        skip(f"{version.strip()} is older than 1.63")


def write(path, text):
    """Writes a file only if it changes, as cargo looks at times."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def copy_crates(to):
    """The crates, with the examples of their docs not marked no_run: the sample is beside them as `core` and `server`."""
    wanted = {p.relative_to(CRATES) for folder in ("gopm-sys", "gopm") for p in (CRATES / folder).rglob("*") if p.is_file()}
    wanted.add(pathlib.Path("Cargo.toml"))
    for path in sorted(to.rglob("*.*")):
        if path.is_file() and not path.is_symlink() and path.name != "Cargo.lock" and path.relative_to(to) not in wanted:
            path.unlink()
    for name in wanted:
        write(to / name, (CRATES / name).read_text(encoding="utf-8").replace("```no_run", "```"))
    for name, target in (("core", SAMPLE / "core.zst"), ("server", SAMPLE / "server")):
        link = to / "gopm" / name
        link.parent.mkdir(exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(target)


def has_serde():
    return any(DEBIAN.glob("serde-1.*")) and any(DEBIAN.glob("serde_json-1.*"))


def registry():
    """A folder of crates that replaces crates.io."""
    if has_serde():
        return DEBIAN
    stub = BUILD / "registry"
    manifest, code = '[package]\nname = "serde"\nversion = "1.0.0"\n[features]\nstd = []\n', ""
    write(stub / "serde-1.0.0/Cargo.toml", manifest)
    write(stub / "serde-1.0.0/src/lib.rs", code)
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in (("Cargo.toml", manifest), ("src/lib.rs", code))}
    write(stub / "serde-1.0.0/.cargo-checksum.json", json.dumps({"files": sums, "package": None}))
    return stub


def sanitizer(environment):
    """Links and runs programs with the runtime of the sanitizers; cargo itself runs without."""
    compiler = os.environ.get("CC", "cc")
    paths = [subprocess.run([compiler, f"-print-file-name=lib{name}.so"], capture_output=True, text=True, check=True).stdout.strip()
             for name in ("asan", "ubsan")]
    if not all(os.path.isabs(path) for path in paths):
        skip("the compiler has no shared runtime of its sanitizers")
    host = re.search(r"host: (\S+)", subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout)[1]
    runner = f"CARGO_TARGET_{host.upper().replace('-', '_')}_RUNNER"
    # The test harness of Rust does not free all of its memory.
    options = "detect_leaks=0:strict_string_checks=1"
    environment[runner] = f"env LD_PRELOAD={':'.join(paths)} ASAN_OPTIONS={options}"
    environment["RUSTFLAGS"] = "-C link-arg=-Wl,--allow-shlib-undefined"
    environment["RUSTDOCFLAGS"] = environment["RUSTFLAGS"]


def environment(library, home="home"):
    """For cargo, with the library in a folder."""
    write(BUILD / home / "config.toml",
          f'[source.crates-io]\nreplace-with = "local"\n[source.local]\ndirectory = "{registry()}"\n[net]\noffline = true\n')
    folder = str(pathlib.Path(library).resolve().parent)
    found = {**os.environ, "CARGO_HOME": str(BUILD / home), "CARGO_TARGET_DIR": str(BUILD / "target"), "GOPM_LIB_DIR": folder,
             "LD_LIBRARY_PATH": folder, "CARGO_TERM_COLOR": "never", "GOPM_SAMPLE": str(SAMPLE), "RUST_BACKTRACE": "1"}
    for name in ("RUSTFLAGS", "RUSTDOCFLAGS", "ASAN_OPTIONS"):
        found.pop(name, None)
    if "RUSTUP_HOME" not in found and (pathlib.Path.home() / ".rustup").is_dir():
        found["RUSTUP_HOME"] = str(pathlib.Path.home() / ".rustup")
    if os.environ.get("GOPM_SANITIZE"):
        sanitizer(found)
    return found


def crates():
    """The copy of the crates."""
    copy = BUILD / "crates"
    BUILD.mkdir(parents=True, exist_ok=True)
    with open(BUILD / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        copy_crates(copy)
    return copy


def run(command, variables, folder):
    """The output; ends the test if the command fails."""
    result = subprocess.run(command, env=variables, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode != 0:
        print("failed:", " ".join(map(str, command)))
        print(*(line[:500] for line in result.stdout.splitlines()), sep="\n")
        sys.exit(1)
    return result.stdout
