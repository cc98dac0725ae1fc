"""kangcheng restore: a backed-up city in place of this one."""

from pathlib import Path
from typing import Annotated

import typer


def run(
    source: Annotated[Path, typer.Argument(help="备份文件 backup file", exists=True, dir_okay=False)],
    replace: Annotated[
        bool, typer.Option("--replace", help="替换已有数据（原库改名保留） replace a database with data")
    ] = False,
) -> None:
    """从备份恢复；失败时现有数据不变。 Restore a backup; one that fails changes nothing."""
    from datetime import datetime

    from kangcheng.base import backup
    from kangcheng.config import boot, place
    from kangcheng.kernel.dates import CHINA_TZ

    boot.hold_database()
    manifest = backup.restore(
        source.resolve(), place.installation(), replace=replace, at=datetime.now(CHINA_TZ)
    )
    print(f"已恢复 {manifest['at']} 的备份 (restored)")
    boot.boot()
    boot.grant()
    from kangcheng.base import personal, rotation

    if rotation.take_up_again(place.key_file()):
        print(
            "备份早于上次换密钥，旧索引密钥已重新启用，请再运行 kangcheng keys rotate。 (older than the last rotation)"
        )
    if missing := personal.foreign_keys():
        print(f"本机缺少密钥 {'、'.join(missing)}：身份证号、电话、住址无法显示和查找。 (keys missing)")
        print(f"请把原机器的密钥文件放到 {place.key_file()}，再运行 kangcheng doctor。")
    else:
        print("请再运行 kangcheng upgrade。 (now run kangcheng upgrade)")
