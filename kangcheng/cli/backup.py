"""kangcheng backup: the whole city in one file."""

from pathlib import Path
from typing import Annotated

import typer


def run(
    target: Annotated[Path, typer.Argument(help="备份文件 file to write, e.g. city.tar")],
    with_key: Annotated[
        bool, typer.Option("--with-key", help="连同数据密钥（请与备份分开保管） include the data keys")
    ] = False,
) -> None:
    """备份数据库与文件；默认不含密钥。 Back up database and files; keys only when asked for."""
    from datetime import datetime

    from kangcheng.base import backup
    from kangcheng.config import boot, place
    from kangcheng.kernel.dates import CHINA_TZ

    boot.hold_database()
    here = place.installation()
    manifest = backup.write(target.resolve(), here, with_key=with_key, at=datetime.now(CHINA_TZ))
    print(f"已备份 {len(manifest['parts'])} 件到 {target} (backed up)")
    if not with_key:
        print(
            f"不含密钥。请另外保管 {here.key_file}，没有它身份证号、电话、住址无法恢复。 (keys not included)"
        )
