"""kangcheng keys: the keys of the sealed fields."""

import typer

app = typer.Typer(help="数据密钥 keys of the sealed fields", no_args_is_help=True)


@app.command()
def rotate() -> None:
    """换用新密钥，并以新密钥重新加密全部敏感字段；旧密钥保留以读取旧备份。 Seal everything with a fresh key."""
    from kangcheng.base import files, personal
    from kangcheng.base.keys import rotate as add_key
    from kangcheng.config import boot, place

    boot.boot()
    ring = add_key(place.key_file())
    personal.use(ring, source=place.key_file())
    personal.mark_keys()
    changed = sum(personal.reseal(model, field) for model, field in personal.sealed_columns())
    files_changed = files.reseal()
    print(
        f"当前密钥 {ring.current}，已重新加密 {changed} 个值、{files_changed} 个文件。请备份 {place.key_file()}。 (rotated)"
    )


@app.command("list")
def list_() -> None:
    """列出密钥编号（不显示密钥）。 List the ids of the keys, never the keys."""
    from kangcheng.base.keys import key_ring
    from kangcheng.config import place

    ring = key_ring(place.key_file(), make=False)
    for name in ring.seal:
        print(f"{name}{'  当前 current' if name == ring.current else ''}")
