"""The embedded server, with real processes: what is committed survives, nobody else gets in, nothing is left running."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psycopg
import pytest

from kangcheng.base import postgres
from kangcheng.base.postgres import Cluster

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).resolve().parents[3]
HOLDER = """
    import sys, time
    from pathlib import Path
    from kangcheng.base.postgres import Cluster
    Cluster(Path(sys.argv[1]), password="secret-word", database="city").hold()
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def data(tmp_path):
    yield tmp_path / "data"
    cluster(tmp_path / "data").stop("immediate")
    for folder in (postgres.home(tmp_path / "data"), postgres.socket_folder(tmp_path / "data")):
        shutil.rmtree(folder, ignore_errors=True)


def cluster(data):
    return Cluster(data, password="secret-word", database="city")


def holder(data):
    """Another process that holds the server until its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(data)], cwd=REPOSITORY,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline() == "held\n"
    return process


def leave(process):
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_fresh_cluster_lets_only_its_owner_in(data):
    server = cluster(data)
    server.hold()
    with psycopg.connect(**server.connection()) as link:
        ask = lambda name: link.execute(f"SHOW {name}").fetchone()[0]  # noqa: E731
        assert ask("listen_addresses") == "" and ask("fsync") == "on" and ask("server_encoding") == "UTF8"
        assert link.execute("SELECT datlocprovider FROM pg_database WHERE datname = 'city'").fetchone() == (
            "b",
        )
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**{**server.connection(), "password": "guess"})
    assert stat.S_IMODE(server.pgdata.stat().st_mode) == stat.S_IMODE(server.socket.stat().st_mode) == 0o700
    assert Path(f"/proc/{server.server_pid()}").stat().st_uid != 0
    server.release()
    assert not server.running() and server.server_pid() is None


def test_a_cluster_of_before_gets_its_ordinary_role(data):
    """What was made by an earlier version is served by the ordinary role from the next start on; a lost password is set anew."""
    before = cluster(data)
    before.hold()
    with psycopg.connect(**before.connection(), autocommit=True) as link:
        link.execute("CREATE TABLE paid AS SELECT 1 AS n")
    before.release()
    for word in ("first-word", "another-word"):
        server = Cluster(data, password="secret-word", database="city", ordinary=word)
        server.hold()
        given = {**server.connection(), "user": postgres.ORDINARY, "password": word}
        with psycopg.connect(**given, autocommit=True) as link:
            link.execute("UPDATE paid SET n = n + 1")
            for refused in (
                "TRUNCATE paid",
                "ALTER TABLE paid DISABLE TRIGGER ALL",
                "CREATE TABLE own (n int)",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    link.execute(refused)
        server.release()


def test_the_last_holder_stops_the_server_even_if_another_was_killed(data):
    one, two, three = holder(data), holder(data), holder(data)
    leave(one)
    assert cluster(data).running()
    two.kill()
    two.wait()
    assert cluster(data).running()
    leave(three)
    assert not cluster(data).running()


def test_committed_rows_survive_a_killed_server(data):
    server = cluster(data)
    server.hold()
    with psycopg.connect(**server.connection(), autocommit=True) as link:
        link.execute("CREATE TABLE paid AS SELECT n FROM generate_series(1, 200000) n")
        link.execute("INSERT INTO paid VALUES (-1)")
        os.kill(server.server_pid(), signal.SIGKILL)
    assert server.revive()
    assert not server.revive()
    with psycopg.connect(**server.connection()) as link:
        assert link.execute("SELECT count(*) FROM paid").fetchone() == (200001,)
    server.release()


def test_a_new_process_starts_a_killed_server_again(data):
    first = holder(data)
    os.kill(cluster(data).server_pid(), signal.SIGKILL)
    second = holder(data)  # at once: the dead server may still be a zombie
    assert cluster(data).running()
    leave(first)
    leave(second)


def test_a_start_cut_short_leaves_nothing_to_trip_over(data):
    server = cluster(data)
    server._prepare_folders()
    (server.home / "cluster.part").mkdir()
    (server.home / "cluster.part" / "PG_VERSION").write_text("18")
    server.hold()
    assert server.running()
    server.release()


def test_many_first_starts_at_once_agree(data):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(HOLDER), str(data)], cwd=REPOSITORY,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    assert [process.stdout.readline() for process in processes] == ["held\n"] * 4
    for process in processes:
        leave(process)
    give_up = time.monotonic() + 10
    while cluster(data).running() and time.monotonic() < give_up:
        time.sleep(0.1)
    assert not cluster(data).running()


def test_a_long_path_gets_a_short_socket(tmp_path):
    assert len(str(postgres.socket_folder(tmp_path / ("很长" * 20)))) < 60


@pytest.mark.skipif(os.getuid() != 0, reason="only root's data can be out of the server's reach")
def test_closed_parents_stay_closed(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = cluster(closed / "data")
    server.hold()
    assert server.running() and stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert closed not in server.pgdata.parents
    server.release()
    shutil.rmtree(server.home)
