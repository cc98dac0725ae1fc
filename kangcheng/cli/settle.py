"""kangcheng settle: claims through a benefit or a pack, with the explanation."""

from __future__ import annotations

import enum
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kangcheng.kernel.errors import Faults

if TYPE_CHECKING:
    from kangcheng.funds.engine.definition import Stack
    from kangcheng.funds.engine.facts import Claim
    from kangcheng.funds.engine.result import Result


class Engine(enum.StrEnum):
    """Two implementations of one meaning."""

    reference = "reference"
    compiled = "compiled"


_FILE = {"exists": True, "dir_okay": False, "readable": True}


def run(
    claims: Annotated[Path, typer.Option(help="单据 .json、.csv 或 .parquet claims", **_FILE)],
    pack: Annotated[
        str | None, typer.Option(help="政策包名、文件夹或发布散列 pack, folder or release hash")
    ] = None,
    stack: Annotated[str | None, typer.Option(help="叠层编号；不给则按险种和就医类型选 stack id")] = None,
    benefit: Annotated[
        Path | None, typer.Option(help="一个待遇、减免或叠层的 YAML 文件 benefit file", **_FILE)
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="逐步列出算式与条款 explain every sum")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 print JSON")] = False,
    out: Annotated[
        Path | None, typer.Option(help="写入 .json、.csv、.parquet 或文本文件 file to write")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="reference 会解释，compiled 快")] = Engine.reference,
) -> None:
    """结算单据：各方支付、个人各部分、累计与逐步解释。 Settle claims and explain every fen."""
    if pack is None and benefit is None:
        raise typer.BadParameter("--pack 与 --benefit 至少给一个 (give --pack or --benefit)")
    if stack is not None and (pack is None or benefit is not None):
        raise typer.BadParameter("--stack 只与 --pack 并用 (--stack goes with --pack)")
    if explain and engine is Engine.compiled:
        raise typer.BadParameter("compiled 不作解释，请用 reference (only reference explains)")
    _out_ending(out)

    from kangcheng.funds.engine.claimfile import located, read_claims
    from kangcheng.funds.engine.render import as_json as result_json
    from kangcheng.funds.engine.render import as_text

    read = read_claims(claims)
    stack_of = _stacks(pack, stack, benefit)
    try:
        settled = _settle(stack_of, read, engine, explain=explain)
    except Faults as error:
        raise located(error, claims) from None
    answers = [result_json(result, explain=explain) for result in settled]

    def text() -> str:
        return "".join(f"{as_text(result, explain=explain)}\n" for result in settled)

    _deliver(answers, text, out, as_json=as_json)


def _out_ending(out: Path | None) -> None:
    from kangcheng.funds.engine.resultfile import ENDINGS

    if out is not None and out.suffix.lower() not in ENDINGS:
        raise typer.BadParameter(f"--out 的类型 {out.suffix!r} 应为 {', '.join(ENDINGS)}")


def _stacks(pack: str | None, stack: str | None, benefit: Path | None) -> Callable[[Claim], Stack]:
    """From claim to stack, out of the pack or the file."""
    from kangcheng.funds.engine.benefitfile import stack_of_file
    from kangcheng.funds.engine.choose import chooser

    loaded = _pack(pack) if pack is not None else None
    if benefit is not None:
        return stack_of_file(benefit, loaded)
    return chooser(loaded, stack_id=stack or "")


def _pack(name: str) -> Any:
    from kangcheng.cli.packs import loaded

    return loaded(name)


def _settle(
    stack_of: Callable[[Claim], Stack], claims: list[Claim], engine: Engine, *, explain: bool
) -> list[Result]:
    if engine is Engine.compiled:
        from kangcheng.funds.engine import batches

        return batches.settle(stack_of, claims)
    from kangcheng.funds.engine import reference

    return reference.run(stack_of, claims, explain=explain)[0]


def _deliver(
    answers: list[dict[str, Any]], text: Callable[[], str], out: Path | None, *, as_json: bool
) -> None:
    import json

    from kangcheng.funds.engine.resultfile import write_results

    if out is not None:
        write_results(out, answers, text)
        typer.echo(f"{out}: {len(answers)} 张单据 claims", err=True)
    if as_json:
        typer.echo(json.dumps(answers, ensure_ascii=False, indent=1))
    elif out is None:
        typer.echo(text(), nl=False)
