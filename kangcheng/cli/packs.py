"""kangcheng packs: check, compare, publish and print policy packs."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from kangcheng.policy.pack import Pack
    from kangcheng.policy.report import PackReport

app = typer.Typer(
    help="政策包：检查、比较、发布。 Policy packs: check, compare, publish.", no_args_is_help=True
)

Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出 print JSON")]


@app.command()
def check(
    pack: Annotated[
        str | None, typer.Argument(help="包名、文件夹或一个条目文件；不给则全部 name, folder or file; all")
    ] = None,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="把每个数值移动一步，须有算例变红 move every value a step")
    ] = False,
    as_json: Json = False,
) -> None:
    """读包、查错、跑全部算例。 Read packs, find every fault, run every worked case."""
    import json

    from kangcheng.config.kinds import wire
    from kangcheng.config.place import PACKS
    from kangcheng.policy import report

    wire()
    reports = [
        report.examine(target, mutants=mutate, on=today(), watch=_progress)
        for target in report.targets(pack, PACKS)
    ]
    if as_json:
        print(json.dumps({"packs": [found.as_dict() for found in reports]}, ensure_ascii=False, indent=1))
    else:
        for found in reports:
            _show(found, mutate)
    raise typer.Exit(0 if all(found.passed for found in reports) else 1)


@app.command()
def diff(
    a: Annotated[str, typer.Argument(help="包名、文件夹或发布散列 pack, folder or release hash")],
    b: Annotated[str, typer.Argument(help="同上 likewise")],
    as_json: Json = False,
) -> None:
    """逐条逐值比较两个包。 Compare two packs entry by entry, value by value."""
    import json
    from dataclasses import asdict

    from kangcheng.policy.diff import diff as compare

    found = compare(loaded(a), loaded(b))
    if as_json:
        print(json.dumps([asdict(entry) for entry in found], ensure_ascii=False, indent=1))
        return
    marks = {"added": "+", "removed": "-", "changed": "~"}
    for entry in found:
        print(f"{marks[entry.state]} {entry.kind} {entry.id} {entry.title}")
        for change in entry.changes:
            print(f"    {change}")
    print(f"{len(found)} 个条目不同 entries differ")


@app.command()
def publish(
    pack: Annotated[str, typer.Argument(help="包名或文件夹 pack or folder")],
    by: Annotated[str, typer.Option(help="提出人 who proposes")],
    approved_by: Annotated[str, typer.Option(help="批准人，须是另一人 who approves, another person")],
    effective: Annotated[
        str, typer.Option(help="生效时刻（中国时间） effective moment: 2026-12-01 or 2026-12-01T08:00")
    ],
    as_json: Json = False,
) -> None:
    """发布一个不可改的版本。 Make an immutable release."""
    import json
    from dataclasses import asdict
    from datetime import datetime

    from kangcheng.config.kinds import wire
    from kangcheng.config.place import PACKS, data_folder
    from kangcheng.kernel.dates import CHINA_TZ
    from kangcheng.policy import report
    from kangcheng.policy.releases import parse_moment
    from kangcheng.policy.releases import publish as write

    wire()
    moment = parse_moment(effective)
    (target,) = report.targets(pack, PACKS)
    found = report.examine(target, mutants=False, on=today(), everything=True)
    if not found.passed or found.pack is None or found.store is None:
        _show(found, False)
        raise typer.Exit(1)
    release, new = write(
        found.store,
        found.pack,
        by=by,
        approved_by=approved_by,
        effective_at=moment,
        published_at=datetime.now(CHINA_TZ),
        root=data_folder() / "releases",
    )
    if as_json:
        print(json.dumps({**asdict(release), "new": new}, ensure_ascii=False, indent=1))
    else:
        said = "已发布 published" if new else "内容相同，早已发布 already published"
        print(f"{said} {release.pack} {release.hash}")
        print(f"  提出 {release.by}，批准 {release.approved_by}，自 {release.effective_at} 生效")
        print(f"  {release.file}")


@app.command()
def releases(
    pack: Annotated[str | None, typer.Argument(help="包名；不给则全部 pack; all")] = None,
    as_json: Json = False,
) -> None:
    """列出已发布的版本。 List releases."""
    import json
    from dataclasses import asdict

    from kangcheng.config.place import data_folder
    from kangcheng.policy.releases import releases as held

    found = held(data_folder() / "releases", pack)
    if as_json:
        print(json.dumps([asdict(release) for release in found], ensure_ascii=False, indent=1))
    else:
        for release in found:
            print(
                f"{release.effective_at}  {release.pack}  {release.hash[:16]}  {release.by} / {release.approved_by}"
            )


@app.command()
def docs(
    out: Annotated[Path, typer.Option(help="写到哪个文件夹 folder to write into")] = Path("docs"),
    stale: Annotated[
        bool, typer.Option("--check", help="只看是否过期，不写 only say whether pages are stale")
    ] = False,
) -> None:
    """由包生成规则手册。 Print the rule book from the packs."""
    from kangcheng.config.kinds import wire
    from kangcheng.config.place import PACKS
    from kangcheng.policy import kinds, manual

    wire()
    pages = manual.pages(PACKS, kinds.known())
    old = [name for name, text in pages.items() if not _same(out / name, text)]
    for name in old:
        print(f"{'过期 stale' if stale else '写 wrote'} {out / name}")
        if not stale:
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(pages[name], "utf-8")
    raise typer.Exit(1 if stale and old else 0)


def _same(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text("utf-8") == text


def loaded(name: str) -> Pack:
    """A pack by name, folder or release hash, its kinds wired."""
    from kangcheng.config.kinds import wire
    from kangcheng.config.place import PACKS, data_folder
    from kangcheng.policy import report
    from kangcheng.policy.reader import load_pack
    from kangcheng.policy.releases import load_release
    from kangcheng.policy.store import pack_names

    wire()
    if name not in pack_names(PACKS) and not Path(name).exists() and re.fullmatch("[0-9a-f]{8,64}", name):
        return load_release(name, data_folder() / "releases")
    (target,) = report.targets(name, PACKS)
    return load_pack(target.name, target.root)


def _show(found: PackReport, mutated: bool) -> None:
    for line in found.lines(mutated):
        print(line)


def _progress(items: Any, total: int | None) -> Any:
    """A bar on stderr while it is a terminal."""
    from tqdm import tqdm

    return tqdm(items, total=total, unit="值", disable=None, leave=False)


def today() -> date:
    """Today in China."""
    from datetime import datetime

    from kangcheng.kernel.dates import CHINA_TZ

    return datetime.now(CHINA_TZ).date()
