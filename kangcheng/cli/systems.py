"""kangcheng systems: the rows of the seeds' system list and what is proven about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kangcheng.policy.pack import Pack


def run(
    pack: Annotated[str, typer.Argument(help="包名或文件夹 pack or folder")] = "kangcheng",
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 print JSON")] = False,
    data: Annotated[
        bool, typer.Option("--data", help="数一数页面背后的数据行 count the data rows behind each page")
    ] = False,
) -> None:
    """198 行：条目、页面、角色、产出、旅程测试、状态。 The rows with entries, page, role, outputs, journey, status."""
    import json

    from kangcheng.cli.packs import loaded, today
    from kangcheng.policy import systems
    from kangcheng.policy.coverage import cover

    read = loaded(pack)
    found = cover(read, on=today(), counted=_counted(read) if data else None).systems
    if as_json:
        print(json.dumps(systems.as_json(found), ensure_ascii=False, indent=1))
        return
    for row in found:
        print(f"{row.id} {row.mark or ' '} {row.status:<10} {row.title}  {row.page} {row.role}".rstrip())
        print(f"       {'; '.join(row.lacking) or row.journey}")
    counts = systems.figures(found)
    print(
        f"{counts['rows']} 行 rows, {counts['executable']} 可执行 executable, {counts['served']} 已服务 served"
    )


def _counted(pack: Pack) -> dict[str, int]:
    """Rows in the tables each system row names under `data`, in this installation's database."""
    from kangcheng.config.boot import boot
    from kangcheng.policy.trace import system_rows

    boot()
    from django.apps import apps

    return {
        row["id"]: sum(apps.get_model(label).objects.count() for label in row["data"])
        for row in system_rows(pack)
        if row.get("data")
    }
