"""kangcheng keys: the keys of the sealed fields."""

import typer

app = typer.Typer(help="数据密钥 keys of the sealed fields", no_args_is_help=True)


@app.command()
def rotate() -> None:
    """换用新密钥，重新加密全部敏感字段并重算查找索引；中断后再次运行即继续。 Seal and index everything with fresh keys."""
    from datetime import datetime

    from kangcheng.base import rotation
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.config import boot, place
    from kangcheng.gateway.machines import services as machines
    from kangcheng.kernel.dates import CHINA_TZ
    from kangcheng.registry.matching import services as matching

    boot.boot()
    path, since = place.key_file(), datetime.now(CHINA_TZ)
    rotation.begin(path)
    done = rotation.renew()
    digests = matching.renew_digests()
    ring = rotation.finish(path, by=system_actor("命令行"), on=since.date(), done=done)
    print(
        f"当前密钥 {ring.current}，已重新加密 {done.values} 个值、{done.files} 个文件，"
        f"重算 {done.rows + digests} 行索引。 (rotated)"
    )
    if codes := machines.older_than(since):
        print(
            f"以下系统的令牌以旧密钥签发，到期前仍可使用，请择期换发：{'、'.join(codes)} (tokens to be issued anew)"
        )
    print(f"请备份 {path}。 (back up the key file)")


@app.command("list")
def list_() -> None:
    """列出密钥编号（不显示密钥）。 List the ids of the keys, never the keys."""
    from kangcheng.base.keys import key_ring
    from kangcheng.config import place

    ring = key_ring(place.key_file(), make=False)
    for name in ring.seal:
        print(f"加密 seal  {name}{'  当前 current' if name == ring.current else ''}")
    for place_, name in enumerate(ring.index):
        print(f"索引 index {name}  {'更换中 rotating' if place_ else '当前 current'}")
    for name in ring.retired:
        print(f"索引 index {name}  已停用，仅用于旧令牌 retired, old tokens only")
