# SPDX-License-Identifier: Apache-2.0
"""Prebuilt programs of other Go versions: packages by name and exact version.

The registry's ordinary client fetches each once into the cache folder. They run on loopback only. They are not a part of
this project.
"""
import dataclasses
import os
import pathlib
import shutil
import subprocess
import tarfile
import zipfile


@dataclasses.dataclass
class Program:
    name: str
    client: str  # "npm", "pip" or "apt"
    package: str
    version: str
    binary: str  # its path inside the package
    go: str  # the Go minor that built it
    arguments: list
    load: str = ""  # see load.py; "": none, the program waits by itself
    notes: str = ""
    prepare: dict = dataclasses.field(default_factory=dict)  # files to write before it starts
    env: dict = dataclasses.field(default_factory=dict)
    arch: str = ""  # "" is amd64
    locked: bool = False  # its core is taken under load, with gdb's scheduler locking
    level: str = "system"  # GOTRACEBACK. Before Go 1.19 SIGQUIT follows it, since then it prints everything


def esbuild(package, version, go, notes="", load="http", arch=""):
    arguments = ["--serve=127.0.0.1:{port}", "--servedir={dir}/www"]
    return Program(f"{arch}{'-' if arch else ''}v{go.replace('.', '')}-esbuild-{version}", "npm", package, version,
                   "package/bin/esbuild", go, arguments, load, notes, {"www/index.html": "<p>esbuild</p>\n"}, arch=arch)


def buf(version, go, arch=""):
    return Program(f"{arch}{'-' if arch else ''}v{go.replace('.', '')}-buf-{version}", "npm",
                   f"@bufbuild/buf-linux-{'aarch64' if arch else 'x64'}", version, "package/bin/buf", go,
                   ["beta", "studio-agent", "--bind", "127.0.0.1", "--port", "{port}"], "http", arch=arch)


def lefthook(version, go):
    """Not a server: lefthook waits for the commands of a hook."""
    hook = ("pre-commit:\n  parallel: true\n  commands:\n" +
            "".join(f"    wait{i}:\n      run: sleep 100\n" for i in range(4)))
    return Program(f"v{go.replace('.', '')}-lefthook-{version}", "npm", "lefthook-linux-x64", version,
                   "package/bin/lefthook", go, ["run", "pre-commit", "--force"], "", "",
                   {"lefthook.yml": hook, ".git/HEAD": "ref: refs/heads/main\n", ".git/objects/x": "", ".git/refs/x": ""})


OLD, NEW = "esbuild-linux-64", "@esbuild/linux-x64"
OLD_ARM, NEW_ARM = "esbuild-linux-arm64", "@esbuild/linux-arm64"

# No traffic leaves this machine: no discovery, no relays, no reports.
SYNCTHING = """<configuration version="35">
<gui enabled="true" tls="false"><address>127.0.0.1:{port}</address></gui>
<options>
<listenAddress>tcp://127.0.0.1:{port2}</listenAddress>
<globalAnnounceEnabled>false</globalAnnounceEnabled>
<localAnnounceEnabled>false</localAnnounceEnabled>
<relaysEnabled>false</relaysEnabled>
<natEnabled>false</natEnabled>
<urAccepted>-1</urAccepted>
<crashReportingEnabled>false</crashReportingEnabled>
<announceLANAddresses>false</announceLANAddresses>
<startBrowser>false</startBrowser>
<autoUpgradeIntervalH>0</autoUpgradeIntervalH>
</options>
</configuration>
"""

PROGRAMS = [
    esbuild(OLD, "0.8.57", "1.16"),
    esbuild(OLD, "0.11.20", "1.16"),
    esbuild(OLD, "0.12.29", "1.17"),
    esbuild(OLD, "0.14.10", "1.17"),
    esbuild(OLD, "0.14.39", "1.18"),
    esbuild(OLD, "0.14.54", "1.19"),
    esbuild(NEW, "0.17.19", "1.20", load="events"),
    esbuild(NEW, "0.21.5", "1.20", load="events"),
    lefthook("1.6.1", "1.21"),
    buf("1.28.1", "1.21"),
    esbuild(NEW, "0.23.0", "1.22", load="events"),
    esbuild(NEW, "0.25.12", "1.23", load="events"),
    lefthook("1.10.0", "1.23"),
    # runtime.m differs between releases of one minor: these are 1.22.8, 1.24.7 and 1.25.1.
    lefthook("1.7.22", "1.22"),
    buf("1.54.0", "1.24"),
    buf("1.57.2", "1.24"),
    lefthook("1.13.6", "1.25"),
    Program("v124-dbmate-2.28.0", "npm", "@dbmate/linux-x64", "2.28.0", "package/bin/dbmate", "1.24",
            ["--url", "postgres://nobody@127.0.0.1:{port}/none?sslmode=disable", "--wait-timeout", "100s", "wait"], "listen",
            "cgo, static"),
    lefthook("2.0.4", "1.25"),
    esbuild(NEW, "0.27.4", "1.25", "version wiped", load="events"),
    esbuild(NEW, "0.28.2", "1.26", "version wiped", load="events"),
    Program("v119-etcd", "apt", "etcd-server", "3.4.23-4+b4", "usr/bin/etcd", "1.19",
            ["--data-dir", "{dir}/data", "--listen-client-urls", "http://127.0.0.1:{port}", "--advertise-client-urls",
             "http://127.0.0.1:{port}", "--listen-peer-urls", "http://127.0.0.1:{port2}",
             "--initial-advertise-peer-urls", "http://127.0.0.1:{port2}", "--initial-cluster",
             "default=http://127.0.0.1:{port2}"], "http", "cgo"),
    Program("v119-nats", "apt", "nats-server", "2.9.10-1+b3", "usr/sbin/nats-server", "1.19",
            ["--addr", "127.0.0.1", "--port", "{port}", "--jetstream", "--store_dir", "{dir}/data"], "nats", "cgo"),
    Program("v119-prometheus", "apt", "prometheus", "2.42.0+ds-5+deb12u1", "usr/bin/prometheus", "1.19",
            ["--config.file={dir}/prometheus.yml", "--storage.tsdb.path={dir}/data",
             "--web.listen-address=127.0.0.1:{port}"], "http", "cgo",
            {"prometheus.yml": "scrape_configs:\n- job_name: self\n  scrape_interval: 1s\n  static_configs:\n"
                               "  - targets: ['127.0.0.1:{port}']\n"}),
    Program("v119-syncthing", "apt", "syncthing", "1.19.2~ds1-1+b4", "usr/bin/syncthing", "1.19",
            ["serve", "--no-browser", "--no-restart", "--no-upgrade", "--no-default-folder", "--skip-port-probing",
             "--home={dir}/home", "--gui-address=http://127.0.0.1:{port}"], "http", "cgo",
            {"home/config.xml": SYNCTHING}, {"STMONITORED": "yes"}),  # only the server, without its monitor process
    Program("v119-victoria-metrics", "apt", "victoria-metrics", "1.79.5+ds1-2+b5", "usr/bin/victoria-metrics", "1.19",
            ["-storageDataPath={dir}/data", "-httpListenAddr=127.0.0.1:{port}"], "http", "cgo"),
    esbuild(OLD_ARM, "0.11.20", "1.16", arch="arm64"),
    esbuild(OLD_ARM, "0.13.15", "1.17", arch="arm64"),
    esbuild(OLD_ARM, "0.14.39", "1.18", arch="arm64"),
    esbuild(OLD_ARM, "0.14.54", "1.19", arch="arm64"),
    esbuild(NEW_ARM, "0.21.5", "1.20", load="events", arch="arm64"),
    buf("1.28.1", "1.21", arch="arm64"),
    buf("1.55.1", "1.24", arch="arm64"),
    esbuild(NEW_ARM, "0.23.0", "1.22", load="events", arch="arm64"),
    esbuild(NEW_ARM, "0.25.12", "1.23", load="events", arch="arm64"),
    esbuild(NEW_ARM, "0.27.4", "1.25", "version wiped", load="events", arch="arm64"),
    esbuild(NEW_ARM, "0.28.2", "1.26", "version wiped", load="events", arch="arm64"),
]


for old in [program for program in PROGRAMS if program.go in ("1.16", "1.17", "1.18") and not program.arch]:
    PROGRAMS.append(dataclasses.replace(old, name=old.name + "-all", level="all"))


for server in [program for program in PROGRAMS if program.load in ("http", "events", "nats") and program.level == "system"]:
    if not server.arch:
        PROGRAMS.append(dataclasses.replace(server, name=server.name + "-held", locked=True))


for program in [program for program in PROGRAMS if program.name in (
        "v116-esbuild-0.8.57", "v117-esbuild-0.14.10", "v118-esbuild-0.14.39", "v119-nats", "v120-esbuild-0.21.5",
        "v121-lefthook-1.6.1", "v122-esbuild-0.23.0", "v124-buf-1.54.0", "v125-lefthook-2.0.4")]:
    PROGRAMS.append(dataclasses.replace(program, name=program.name + "-ancestors", env={"GODEBUG": "tracebackancestors=4"},
                                        notes="GODEBUG=tracebackancestors=4"))


class Unavailable(Exception):
    """A package that is not available on this machine. The text is the reason."""


def unpack_npm(program, folder):
    run(["npm", "pack", "--silent", f"{program.package}@{program.version}"], folder)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extract(program.binary, folder)


def unpack_pip(program, folder):
    run(["pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", f"{program.package}=={program.version}"], folder)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        archive.extract(program.binary, folder)


def unpack_apt(program, folder):
    run(["apt-get", "download", f"{program.package}={program.version}"], folder)
    run(["dpkg-deb", "-x", str(next(folder.glob("*.deb"))), "."], folder)


def run(command, folder):
    if shutil.which(command[0]) is None:
        raise Unavailable(f"{command[0]} is not installed")
    try:
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{command[0]} did not end in 120 seconds") from None
    if result.returncode:
        raise Unavailable(f"{command[0]}: {(result.stderr or result.stdout).strip()[-200:]}")


def fetch(program, cache):
    """The path of the program's executable, downloaded if it is not in the cache yet."""
    folder = pathlib.Path(cache) / "packages" / f"{program.package.replace('/', '+')}@{program.version}"
    binary = folder / program.binary
    if not binary.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        {"npm": unpack_npm, "pip": unpack_pip, "apt": unpack_apt}[program.client](program, folder)
    if not binary.exists():
        raise Unavailable(f"{program.package} has no {program.binary}")
    os.chmod(binary, 0o755)
    return binary
