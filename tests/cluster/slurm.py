"""A real Slurm on one machine: two nodes, true accounting, all below one folder.

It needs Debian's packages and root. Each daemon runs in the foreground as a
process of the tests', and so ends with them.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

PACKAGES = ("munge", "slurmctld", "slurmd", "slurm-client", "slurmdbd", "mariadb-server")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "slurmdbd", "mariadbd")
NODES = ("n1", "n2")
CPUS = 2
ACCOUNT = "tests"
SYSTEM_CONF = Path("/etc/slurm/slurm.conf")
CGROUP = Path("/sys/fs/cgroup/memory")

DATABASE_CONF = """\
AuthType=auth/munge
AuthInfo=socket={root}/munge/socket
DbdHost=localhost
DbdPort={database_port}
SlurmUser=root
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
LogFile={root}/log/slurmdbd.log
PidFile={root}/run/slurmdbd.pid
"""

CONF = """\
ClusterName=sandbox
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={root}/munge/socket
CryptoType=crypto/munge
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/spool/%n
SlurmctldPidFile={root}/run/slurmctld.pid
SlurmdPidFile={root}/run/slurmd.%n.pid
SlurmctldLogFile={root}/log/slurmctld.log
SlurmdLogFile={root}/log/slurmd.%n.log
SlurmdParameters=config_overrides
{memory}
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
JobAcctGatherFrequency=task=1
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStoragePort={database_port}
AccountingStoragePass={root}/munge/socket
AccountingStorageEnforce=associations,limits
KillWait=2
SlurmctldTimeout=30
SlurmdTimeout=10
ReturnToService=2
MailProg=/bin/true
{nodes}
PartitionName=main Nodes=ALL Default=YES MaxTime=1-00:00:00 DefMemPerCPU=500 State=UP
"""

# With cgroups a job above its memory is ended by the kernel; without, Slurm looks
# once a second.
BY_CGROUP = """\
ProctrackType=proctrack/cgroup
TaskPlugin=task/cgroup,task/affinity
JobAcctGatherType=jobacct_gather/cgroup"""
BY_LOOKING = """\
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherParams=OverMemoryKill"""
CGROUP_CONF = """\
CgroupPlugin=cgroup/v1
CgroupAutomount=no
ConstrainCores=no
ConstrainRAMSpace=yes
ConstrainSwapSpace=no
"""


def why_not() -> str:
    """What keeps a Slurm from being brought up here; empty where nothing does."""
    if os.geteuid() != 0:
        return "it needs root"
    if SYSTEM_CONF.exists() and not SYSTEM_CONF.is_symlink():
        return f"this machine has a Slurm of its own ({SYSTEM_CONF})"
    if all(shutil.which(name) for name in PROGRAMS) or shutil.which("apt-get"):
        return ""
    return f"it needs Debian's packages {' '.join(PACKAGES)}"


def install() -> None:
    """Install Slurm where it is missing."""
    if all(shutil.which(name) for name in PROGRAMS):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        words = ["apt-get", "-qq", *command]
        subprocess.run(words, check=True, env=environment, stdout=subprocess.DEVNULL)


def wait_for(what: str, seconds: float, ready: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.2)


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens at."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Slurm:
    """Two nodes, their controller and its accounting, with all state below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.conf = root / "etc" / "slurm.conf"
        self.daemons: dict[str, subprocess.Popen[bytes]] = {}

    def up(self) -> None:
        """Bring everything up, from nothing."""
        install()
        self._write()
        self._link()
        self._start_munge()
        self._start_database()
        self._start("slurmctld", "slurmctld", "-D", "-i")
        wait_for("the controller", 30, lambda: self.ok("scontrol", "ping"))
        for node in NODES:
            self.revive(node)
        wait_for("the nodes", 60, lambda: self.idle() == set(NODES))

    def down(self) -> None:
        """End all daemons and jobs, and leave the machine as it was."""
        if "slurmctld" in self.daemons:
            self.ok("scancel", "--user=root")
            time.sleep(1)
        for name in reversed(list(self.daemons)):
            self.daemons[name].terminate()
            try:
                self.daemons[name].wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.daemons[name].kill()
        self.daemons.clear()
        os.environ.pop("SLURM_CONF", None)
        if SYSTEM_CONF.is_symlink():
            SYSTEM_CONF.unlink()

    # What tests ask and do.

    def ask(self, *words: str) -> str:
        """Output of one of Slurm's commands."""
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout

    def ok(self, *words: str) -> bool:
        """Whether a command of Slurm's ends well."""
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    def idle(self) -> set[str]:
        """Nodes that are up."""
        lines = self.ask("sinfo", "-h", "-N", "-o", "%N %t").split("\n")
        return {line.split()[0] for line in lines if line.endswith((" idle", " mix", " alloc"))}

    def running(self, node: str = ",".join(NODES)) -> list[str]:
        """Numbers of the jobs that run, the oldest first."""
        words = ("squeue", "-h", "-t", "RUNNING", "-o", "%A", "-w", node)
        return sorted(self.ask(*words).split(), key=int)

    def queued(self) -> list[str]:
        """Numbers of the jobs that wait or run."""
        return self.ask("squeue", "-h", "-o", "%A").split()

    def states(self) -> list[str]:
        """What became of every job so far, by the accounting, in order of their numbers."""
        return self.ask("sacct", "-X", "-n", "-P", "-a", "-S", "now-1day", "-o", "State").split(
            "\n"
        )

    def processes(self, job: str) -> list[int]:
        """Processes of a job, but for Slurm's own."""
        return _with_variable(f"SLURM_JOB_ID={job}")

    def kill(self, node: str) -> None:
        """A node goes: its daemon, and every process of its jobs, at once."""
        jobs = self.running(node)
        self.daemons.pop(node).kill()
        for pid in _shepherds(jobs) + _with_variable(f"SLURMD_NODENAME={node}"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def revive(self, node: str) -> None:
        """A node comes (back)."""
        (self.root / "spool" / node).mkdir(parents=True, exist_ok=True)
        self._start(node, "slurmd", "-D", "-N", node)

    # How it is brought up.

    def _write(self) -> None:
        for name in ("etc", "log", "run", "state", "spool", "munge", "mysql"):
            (self.root / name).mkdir(parents=True)
        for folder in (*self.root.parents, self.root):
            if folder.stat().st_uid == os.geteuid() and folder != Path("/"):
                folder.chmod(folder.stat().st_mode | 0o755)
        port, database_port, *node_ports = free_ports(2 + len(NODES))
        host = socket.gethostname().partition(".")[0]
        by_cgroup = _cgroup_works()
        values = {
            "root": self.root,
            "host": host,
            "port": port,
            "database_port": database_port,
            "memory": BY_CGROUP if by_cgroup else BY_LOOKING,
            "nodes": "\n".join(
                f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={node_port} "
                f"CPUs={CPUS} RealMemory={_half_of_memory()} State=UNKNOWN"
                for node, node_port in zip(NODES, node_ports, strict=True)
            ),
        }
        self.conf.write_text(CONF.format(**values))
        if by_cgroup:
            self.conf.with_name("cgroup.conf").write_text(CGROUP_CONF)
        database = self.conf.with_name("slurmdbd.conf")
        database.write_text(DATABASE_CONF.format(**values))
        database.chmod(0o600)

    def _link(self) -> None:
        # The jobs' Snakemake drops SLURM_CONF for its job steps: Slurm's own place
        # must lead to the same file.
        SYSTEM_CONF.parent.mkdir(exist_ok=True)
        SYSTEM_CONF.unlink(missing_ok=True)
        SYSTEM_CONF.symlink_to(self.conf)
        os.environ["SLURM_CONF"] = str(self.conf)

    def _start_munge(self) -> None:
        folder = self.root / "munge"
        key = folder / "key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        for path in (folder, key):
            shutil.chown(path, "munge", "munge")
        files = (f"--{name}-file={folder / name}" for name in ("key", "pid", "log", "seed"))
        socket_file = folder / "socket"
        words = ["munged", "--foreground", "--force", f"--socket={socket_file}", *files]
        self._start("munge", *words, user="munge", group="munge")
        wait_for("munge", 20, lambda: self.ok("munge", "-S", str(socket_file), "-n"))

    def _start_database(self) -> None:
        folder = self.root / "mysql"
        shutil.chown(folder, "mysql", "mysql")
        data = ("--no-defaults", "--user=mysql", f"--datadir={folder / 'data'}")
        auth = "--auth-root-authentication-method=socket"
        self.ask("mariadb-install-db", *data, "--skip-test-db", auth)
        door = f"--socket={folder / 'socket'}"
        self._start(
            "mysql",
            "mariadbd",
            *data,
            door,
            "--skip-networking",
            "--skip-name-resolve",
            "--innodb-lock-wait-timeout=900",
            "--innodb-flush-log-at-trx-commit=0",
        )
        client = ("mariadb", "--no-defaults", door, "-e")
        wait_for("the database", 60, lambda: self.ok(*client, "select 1"))
        self.ask(
            *client,
            "create database slurm_acct_db; create user slurm@localhost identified by "
            "'slurm'; grant all on slurm_acct_db.* to slurm@localhost;",
        )
        # By this the client library in slurmdbd finds the database.
        self._start("slurmdbd", "slurmdbd", "-D", MYSQL_UNIX_PORT=str(folder / "socket"))
        wait_for("the accounting", 60, lambda: self.ok("sacctmgr", "-n", "list", "cluster"))
        for words in (
            ("cluster", "sandbox"),
            ("account", ACCOUNT, "Description=tests", "Organization=tests", "Cluster=sandbox"),
            ("user", "root", f"Account={ACCOUNT}", f"DefaultAccount={ACCOUNT}", "Cluster=sandbox"),
        ):
            # The user root is there from the beginning, without an account.
            self.ok("sacctmgr", "-i", "add", *words)

    def _start(
        self, name: str, *words: str, user: str | None = None, group: str | None = None, **env: str
    ) -> None:
        log = (self.root / "log" / f"{name}.out").open("ab")
        with log:
            self.daemons[name] = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=user,
                group=group,
                env={**os.environ, **env},
                start_new_session=True,
            )


def _cgroup_works() -> bool:
    probe = CGROUP / f"tryptome-{os.getpid()}"
    try:
        probe.mkdir()
        probe.rmdir()
    except OSError:
        return False
    return True


def _half_of_memory() -> int:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(8000, int(pages / 2**20 * 0.45))


def _shepherds(jobs: list[str]) -> list[int]:
    """Slurm's own process for each step of some jobs."""
    marks = tuple(f"slurmstepd: [{job}." for job in jobs)
    return [
        pid for pid, line in _read_all("cmdline") if line.decode(errors="replace").startswith(marks)
    ]


def _with_variable(setting: str) -> list[int]:
    """Processes with a variable in their environment."""
    return [pid for pid, text in _read_all("environ") if setting.encode() in text.split(b"\0")]


def _read_all(name: str) -> Iterator[tuple[int, bytes]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield int(folder.name), (folder / name).read_bytes()
