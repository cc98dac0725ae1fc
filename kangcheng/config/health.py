"""What `kangcheng doctor` examines. Each check answers one question and says what to do; none changes anything."""

import os
import re
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

from packaging.markers import Marker

from kangcheng.config import boot, place
from kangcheng.kernel.errors import KangchengError

OLDEST, NEWEST = (3, 11), (3, 13)
LEAST_SERVER = 150_000  # PostgreSQL 15
LEAST_FREE = 2 * 1024**3  # bytes


@dataclass(frozen=True)
class Finding:
    """The answer of one check."""

    name: str
    title: str
    well: bool
    says: str
    todo: str = ""


def examine() -> list[Finding]:
    """All checks in order; those that need the database are left out when it cannot be reached."""
    findings = [
        _safely(check, title)
        for check, title in (
            (python, "Python 版本"),
            (packages, "依赖包"),
            (disk, "磁盘空间"),
            (key_files, "密钥"),
            (packs, "政策包"),
            (database, "数据库"),
        )
    ]
    if findings[-1].well:
        findings += [
            _safely(check, title) for check, title in ((migrations, "数据库结构"), (key_marks, "数据密钥"))
        ]
    return findings


def python() -> Finding:
    """Is this Python one we run on?"""
    version = ".".join(map(str, sys.version_info[:3]))
    well = OLDEST <= sys.version_info[:2] <= NEWEST
    return Finding("python", "Python 版本", well, version, "安装 Python 3.11 至 3.13，再运行 make setup")


def packages() -> Finding:
    """Are the installed packages those of requirements.lock?"""
    lock = place.REPOSITORY / "requirements.lock"
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(.*)$", lock.read_text(encoding="utf-8"), re.M)
    wrong = []
    for name, wanted, condition in pinned:
        marker = condition.strip(" ;\\")
        if marker and not Marker(marker).evaluate():
            continue  # another version is pinned for this Python, or the package is for another system
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            found = "无"
        if found != wanted:
            wrong.append(f"{name} {found} ≠ {wanted}")
    says = (
        "；".join(wrong[:5]) + (" …" if wrong[5:] else "") if wrong else f"{len(pinned)} 个均与锁定版本一致"
    )
    return Finding("packages", "依赖包", not wrong, says, "运行 make setup")


def disk() -> Finding:
    """Is there room for the data?"""
    free = shutil.disk_usage(place.data_folder()).free
    says = f"{place.data_folder()} 剩余 {free / 1024**3:.1f} GB"
    return Finding(
        "disk", "磁盘空间", free >= LEAST_FREE, says, "清理磁盘，或用 KANGCHENG_DATA 换到更大的磁盘"
    )


def key_files() -> Finding:
    """Are the keys there and closed to others?"""
    folder = place.data_folder() / "keys"
    wanted = [folder / "secret_key", place.key_file()]
    missing = [path.name for path in wanted if not path.exists()]
    open_ = [
        path.name for path in wanted if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    if missing:
        return Finding(
            "keys", "密钥", False, f"缺少 {'、'.join(missing)}", "首次启动时生成；已有数据时请从密钥备份恢复"
        )
    if open_:
        return Finding("keys", "密钥", False, f"{'、'.join(open_)} 可被他人读取", f"chmod 600 {folder}/*")
    return Finding("keys", "密钥", True, "齐全，仅本用户可读")


def database() -> Finding:
    """Does PostgreSQL answer, and is it new enough?"""
    import psycopg

    boot.hold_database()
    with psycopg.connect(**place.libpq(place.database()), connect_timeout=10) as link:
        version = link.info.server_version
    kind = "DATABASE_URL" if place.database_url() else "内置"
    says = f"PostgreSQL {version // 10_000}.{version % 10_000}（{kind}）"
    return Finding("database", "数据库", version >= LEAST_SERVER, says, "升级到 PostgreSQL 15 或更高")


def migrations() -> Finding:
    """Has every migration run?"""
    boot.boot()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    says = f"{len(plan)} 个升级步骤未执行" if plan else "结构为最新"
    return Finding("migrations", "数据库结构", not plan, says, "运行 kangcheng upgrade")


def key_marks() -> Finding:
    """Does this machine hold the keys the database was written with?"""
    boot.boot()
    from kangcheng.base import personal

    missing = personal.foreign_keys()
    says = f"缺少 {'、'.join(missing)}" if missing else "与数据库相符"
    todo = f"把原机器的密钥文件放到 {place.key_file()}"
    return Finding("key_marks", "数据密钥", not missing, says, todo)


def packs() -> Finding:
    """Can the city's pack be read without fault?"""
    from kangcheng.config.kinds import wire
    from kangcheng.policy.reader import load_pack

    wire()
    name = os.environ.get("KANGCHENG_PACK", "kangcheng")
    pack = load_pack(name, root=place.PACKS)
    return Finding(
        "packs", "政策包", True, f"{name}：{len(pack.entries)} 个条目，{len(pack.documents)} 份文件"
    )


def _safely(check: Callable[[], Finding], title: str) -> Finding:
    """A check that fails is a finding too."""
    try:
        return check()
    except KangchengError as error:
        return Finding(check.__name__, title, False, f"{error.where} {error.what}".strip(), error.todo)
    except Exception as error:
        return Finding(
            check.__name__, title, False, f"{type(error).__name__}: {error}"[:300], "按提示处理后重试"
        )
