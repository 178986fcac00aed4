# SPDX-License-Identifier: Apache-2.0
"""Shared by the tests of the command: the command, the sample, and cores made on demand."""
import contextlib
import fcntl
import gzip
import hashlib
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("GOPM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("GOPM_BUILD", SOURCE / "build/dev"))
GOPM = pathlib.Path(os.environ.get("GOPM_COMMAND", BUILD / "examples/gopm"))
STORY = SOURCE / "examples/story"
SAMPLE = STORY / "sample"
sys.path.insert(0, str(STORY))

# Cores are made once and shared by all builds and tests of this user.
CACHE = pathlib.Path(os.environ.get("GOPM_TEST_CORES", pathlib.Path(tempfile.gettempdir()) / f"gopm-test-cores-{os.getuid()}"))
# Threads of the program never stop by themselves: there is no preemption and no garbage collection.
FLOATS_ENVIRONMENT = {"GODEBUG": "asyncpreemptoff=1", "GOMAXPROCS": "8", "GOGC": "off"}
FLOATS = ["--lean", "--program", SOURCE / "tests/programs/floats", *(f"--env={k}={v}" for k, v in FLOATS_ENVIRONMENT.items())]
# Four processors have one goroutine for cleanups. Without preemption, the last goroutine never gives up its thread.
ROOTS = ["--lean", "--program", SOURCE / "tests/programs/roots", "--env=GODEBUG=asyncpreemptoff=1", "--env=GOMAXPROCS=4"]
SPINS = ["--lean", "--program", SOURCE / "tests/programs/roots", "--env=ROOTS=spin", "--env=GOMAXPROCS=2"]
PENDING = ["--lean", "--program", SOURCE / "tests/programs/pending", "--env=GOMAXPROCS=2"]
HELD = ["--lean", "--program", SOURCE / "tests/programs/held"]
STOPS = ["--env=GODEBUG=asyncpreemptoff=1", "--env=GOMAXPROCS=2"]
# The checked-in sample has a thousand connections. A test that reads them all again would take minutes.
FEWER = ["--connections", "150"]
CORES = {
    "126d5": ["--go", "1.26.8", *FEWER],
    "126d4": ["--go", "1.26.8", "--dwarf", "4", *FEWER],
    "127d5": ["--go", "1.27.3", *FEWER],
    "127d4": ["--go", "1.27.3", "--dwarf", "4", *FEWER],
    "states126": ["--go", "1.26.8", "--program", SOURCE / "tests/programs/states"],
    "states127": ["--go", "1.27.3", "--program", SOURCE / "tests/programs/states"],
    "states126pie": ["--go", "1.26.8", "--program", SOURCE / "tests/programs/states", "--build-flags=-buildmode=pie"],
    "states127d4": ["--go", "1.27.3", "--dwarf", "4", "--program", SOURCE / "tests/programs/states"],
    "types126": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/types"],
    "types127": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/types"],
    "waiters126": ["--go", "1.26.8", "--program", SOURCE / "tests/programs/waiters"],
    "waiters127": ["--go", "1.27.3", "--program", SOURCE / "tests/programs/waiters"],
    "parked126": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/parked"],
    "parked127": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/parked"],
    "parked127n": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/parked", "--build-flags=-gcflags='all=-N -l'"],
    "floats126": ["--go", "1.26.8", *FLOATS],
    "floats127": ["--go", "1.27.3", *FLOATS],
    "floats126p": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/floats", "--env=GOMAXPROCS=1"],
    "floats127p": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/floats", "--env=GOMAXPROCS=1"],
    "floats127d4": ["--go", "1.27.3", "--dwarf", "4", *FLOATS],
    "bubbles126": ["--go", "1.26.8", "--program", SOURCE / "tests/programs/bubbles"],
    "bubbles127": ["--go", "1.27.3", "--program", SOURCE / "tests/programs/bubbles"],
    "values126": ["--go", "1.26.8", "--program", SOURCE / "tests/programs/values"],
    "values127": ["--go", "1.27.3", "--program", SOURCE / "tests/programs/values"],
    "limits126": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/limits"],
    "limits127": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/limits"],
    "containers126": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/containers"],
    "containers127": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/containers"],
    "containers127s": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/containers", "--build-flags=-ldflags='-s -w'"],
    "roots126": ["--go", "1.26.8", *ROOTS],
    "roots127": ["--go", "1.27.3", *ROOTS],
    "roots127n": ["--go", "1.27.3", *ROOTS, "--build-flags=-gcflags='all=-N -l'"],
    "spins126": ["--go", "1.26.8", *SPINS],
    "spins127": ["--go", "1.27.3", *SPINS],
    "holders126": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/holders"],
    "holders127": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/holders"],
    "holders127n": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/holders", "--build-flags=-gcflags='all=-N -l'"],
    "wasteful126": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/wasteful"],
    "wasteful127": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/wasteful"],
    "wastefulmore126": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/wasteful", "--env=GROW=500"],
    "wastefulmore127": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/wasteful", "--env=GROW=500"],
    "arenas126": ["--go", "1.26.8", "--lean", "--experiment", "arenas", "--program", SOURCE / "tests/programs/arenas"],
    "arenas127": ["--go", "1.27.3", "--lean", "--experiment", "arenas", "--program", SOURCE / "tests/programs/arenas"],
    "pending126": ["--go", "1.26.8", *PENDING],
    "pending127": ["--go", "1.27.3", *PENDING],
    "pendingmore126": ["--go", "1.26.8", *PENDING, "--env=MORE=4"],
    "pendingmore127": ["--go", "1.27.3", *PENDING, "--env=MORE=4"],
    "retained126": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/retained"],
    "retained127": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/retained"],
    "held126": ["--go", "1.26.8", *HELD],
    "held127": ["--go", "1.27.3", *HELD],
    "marking126": ["--go", "1.26.8", *HELD, *STOPS, "--env=HELD=marking"],
    "marking127": ["--go", "1.27.3", *HELD, *STOPS, "--env=HELD=marking"],
    "unswept126": ["--go", "1.26.8", *HELD, *STOPS[:1], "--env=GOMAXPROCS=1", "--env=HELD=unswept"],
    "unswept127": ["--go", "1.27.3", *HELD, *STOPS[:1], "--env=GOMAXPROCS=1", "--env=HELD=unswept"],
    "busy126": ["--go", "1.26.8", *HELD, "--env=GOMAXPROCS=2", "--env=HELD=busy"],
    "busy127": ["--go", "1.27.3", *HELD, "--env=GOMAXPROCS=2", "--env=HELD=busy"],
    "names126": ["--go", "1.26.8", "--program", SOURCE / "tests/programs/names"],
    "names127": ["--go", "1.27.3", "--program", SOURCE / "tests/programs/names"],
    "names127s": ["--go", "1.27.3", "--program", SOURCE / "tests/programs/names", "--build-flags=-ldflags='-s -w'"],
    # Every allocation is sampled; the others have Go's default of one for 512 KiB.
    "profiled126": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/profiled", "--env=RATE=1"],
    "profiled127": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/profiled", "--env=RATE=1"],
    "profiled126s": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/profiled", "--build-flags=-ldflags='-s -w'"],
    "profiled127s": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/profiled", "--build-flags=-ldflags='-s -w'"],
    "states126n": ["--go", "1.26.8", "--program", SOURCE / "tests/programs/states", "--build-flags=-gcflags='all=-N -l'"],
    "objects126": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/objects"],
    "objects126s": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/objects", "--build-flags=-ldflags='-s -w'"],
    "objects127": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/objects"],
    "objects127s": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/objects",
                    "--build-flags=-ldflags='-s -w' -buildmode=pie"],
    "objects127n": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/objects", "--build-flags=-gcflags='all=-N -l'"],
    "inflight126": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/inflight"],
    "inflight126s": ["--go", "1.26.8", "--lean", "--program", SOURCE / "tests/programs/inflight", "--build-flags=-ldflags='-s -w'"],
    "inflight127": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/inflight"],
    "inflight127s": ["--go", "1.27.3", "--lean", "--program", SOURCE / "tests/programs/inflight", "--build-flags=-ldflags='-s -w'"],
}


class Core:
    """A folder with core, server and traceback.txt."""

    def __init__(self, folder):
        self.core, self.exe = folder / "core", folder / "server"
        self.traceback = folder / "traceback.txt"


def skip(reason):
    print("SKIP:", reason)
    sys.exit(77)


def need(tool):
    if shutil.which(tool) is None:
        skip(f"{tool} is not installed")


def need_delve():
    import delve

    if delve.find() is None:
        skip("dlv (Delve) is not installed")
    return delve


def fingerprint(arguments):
    """Digest of all inputs of a core. If the program or make-cores.py changes, the core is made again."""
    program = arguments[arguments.index("--program") + 1] if "--program" in arguments else STORY
    digest = hashlib.sha256(repr(arguments).replace(str(SOURCE), "").encode())
    for path in sorted([*program.rglob("*.go"), program / "go.mod", STORY / "make-cores.py"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def core(name):
    """Makes a core, or skips the test if go, gdb or ptrace is missing."""
    need("go")
    need("gdb")
    folder = CACHE / f"{name}-{fingerprint(CORES[name])}"
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "done"
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            result = subprocess.run([sys.executable, STORY / "make-cores.py", folder, *CORES[name]], capture_output=True,
                                    text=True)
            if result.returncode:
                skip(f"cannot make the core {name}: {(result.stdout + result.stderr).strip()[-500:]}")
            done.touch()
    return Core(folder)


@contextlib.contextmanager
def sample():
    """The checked-in core, still compressed."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "traceback.txt").write_bytes(gzip.decompress((SAMPLE / "traceback.txt.gz").read_bytes()))
        found = Core(folder)
        found.core, found.exe = SAMPLE / "core.zst", SAMPLE / "server"
        yield found


def sample_expectations():
    return json.loads(gzip.decompress((SAMPLE / "delve.json.gz").read_bytes()))


def gopm(*arguments, code=0, **more):
    """Runs the command, checks its exit code and returns its output."""
    command = [str(GOPM), *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, **more)
    if code is not None and result.returncode != code:
        print(f"{' '.join(command)}: exit code {result.returncode}, not {code}\n{result.stderr[-4000:]}")
        sys.exit(1)
    return result.stdout


def unlimited():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def die(exe, mode, folder, emulator=None):
    """Runs the program until it dies. Returns its standard error, and the core that the kernel or qemu wrote."""
    environment = {"PATH": "/usr/bin:/bin", "GOTRACEBACK": "crash"}
    command = [emulator, exe, mode] if emulator else [exe, mode]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, preexec_fn=unlimited)
    cores = list(folder.glob("qemu_*.core" if emulator else "core*"))
    if not cores:
        skip("the kernel writes no core into the working folder")
    core = cores[0].rename(folder / f"{mode}.core")
    return result.stderr.decode(errors="replace"), core


def finish(problems, limit=int(os.environ.get("GOPM_TEST_PROBLEMS", 40))):
    for problem in problems[:limit]:
        print(problem)
    if len(problems) > limit:
        print(f"... and {len(problems) - limit} more")
    sys.exit(1 if problems else 0)
