"""kangcheng inbox: what other systems send, over MLLP or as files; playing again; a made-up day of traffic."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from kangcheng.gateway.machines.types import Caller

app = typer.Typer(help="接入消息 messages of other systems", no_args_is_help=True, add_completion=False)


@app.command()
def listen(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口 port")] = 2575,
    bind: Annotated[str, typer.Option("--bind", help="地址；对外须用 TLS address")] = "127.0.0.1",
    workers: Annotated[int, typer.Option("--workers", min=1, max=32, help="同时处理几条 at once")] = 2,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="本方证书 our certificate")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="本方私钥 its key")] = None,
    authority: Annotated[Path | None, typer.Option("--authority", help="签发发送方证书的 CA")] = None,
) -> None:
    """以 MLLP 接收 HL7 v2 消息，逐条应答。 Receive HL7 v2 over MLLP until stopped."""
    import asyncio

    from kangcheng.config import boot

    boot.boot(serving=True)
    from kangcheng.gateway.inbox import services

    papers = services.Papers(certificate, key, authority) if certificate and key and authority else None
    try:
        asyncio.run(
            services.listen(
                _handle(), host=bind, port=port, workers=workers, papers=papers,
                ready=lambda at: print(f"正在监听 listening on {bind}:{at}", flush=True),
            )
        )  # fmt: skip
    except KeyboardInterrupt:
        print("已停止 stopped")


@app.command()
def take(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help=".hl7、.json（Bundle）、.xlsx 或 .csv")
    ],
    sender: Annotated[str, typer.Option("--sender", help="接入系统代号 the sending machine's code")],
    mapping: Annotated[
        str, typer.Option("--mapping", help="表格用哪份映射 mapping of a sheet")
    ] = "sheet-visits",
) -> None:
    """收下一个文件；一个 .hl7 文件可有多条消息。 Take a file."""
    ready = _ready()
    counts = _taken(file, mapping, _caller(sender, ready), sender, ready)
    print("，".join(f"{name} {count}" for name, count in sorted(counts.items())) or "没有消息 nothing in it")
    if counts.get("refused") or counts.get("clashing"):
        raise typer.Exit(1)


@app.command()
def replay() -> None:
    """重放待认定居民的消息。 Play again what waited for a resident."""
    ready = _ready()
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.gateway.inbox import services

    print(f"入库 taken {services.replay_waiting(by=system_actor('命令行'), **ready)}")


def _handle() -> Any:
    """What answers a message on a thread of its own."""
    from django.conf import settings
    from django.db import close_old_connections
    from django.utils import timezone

    from kangcheng.gateway.inbox.services import answer
    from kangcheng.policy.reader import load_pack

    pack = load_pack(settings.CITY_PACK, root=settings.PACKS_FOLDER)

    def handle(raw: bytes, peer: str) -> bytes:
        close_old_connections()
        return answer(raw, peer=peer, pack=pack, now=timezone.now())

    return handle


def _taken(file: Path, mapping: str, caller: "Caller", sender: str, ready: dict[str, Any]) -> Any:
    from collections import Counter

    from kangcheng.gateway.inbox import services

    content = file.read_bytes()
    if file.suffix.lower() in (".xlsx", ".csv"):
        given: dict[str, Any] = {
            "content": content,
            "name": file.name,
            "mapping_id": mapping,
            "sender": sender,
        }
        return services.take_sheet(caller=caller, **given, **ready)
    new = services.of_bundle(content) if file.suffix.lower() == ".json" else services.of_hl7(content, sender)
    return Counter(services.receive_all(new, sender=sender, caller=caller, **ready))


def _ready() -> dict[str, Any]:
    """Pack, day and moment for the verbs."""
    from kangcheng.config import boot

    boot.boot()
    from django.conf import settings
    from django.utils import timezone

    from kangcheng.policy.reader import load_pack

    pack = load_pack(settings.CITY_PACK, root=settings.PACKS_FOLDER)
    return {"pack": pack, "on": timezone.localdate(), "now": timezone.now()}


def _caller(code: str, ready: dict[str, Any]) -> "Caller":
    from kangcheng.gateway.machines.selectors import caller_of, named
    from kangcheng.gateway.machines.types import MachineError

    machine = named(code)
    found = caller_of(machine.pk, "treatment", ready["on"]) if machine else None
    if found is None:
        raise MachineError(
            "没有这个接入系统，或已停用 (no such machine)", where=code, todo="kangcheng machines list"
        )
    return found


@app.command()
def simulate(
    senders: Annotated[
        list[str], typer.Argument(help="接入系统代号，一个或几个 codes of the sending machines")
    ],
    areas: Annotated[
        list[str], typer.Option("--area", help="居民所在村居的区划代码 villages of the residents")
    ],
    visits: Annotated[int, typer.Option("--visits", min=1, help="每个系统几人次 visits a system")] = 50,
    seed: Annotated[
        int, typer.Option("--seed", help="种子；相同则消息相同 the same seed, the same messages")
    ] = 1,
    day: Annotated[str, typer.Option("--day", help="哪一天；默认今天 which day")] = "",
) -> None:
    """发送虚拟的一天：各医院的 HL7 v2 消息与 FHIR Bundle。 Send a made-up day of hospitals' traffic."""
    from collections import Counter
    from datetime import datetime

    ready = _ready()
    from kangcheng.gateway.inbox import services
    from kangcheng.kernel.dates import parse_date
    from kangcheng.synth import hospital

    callers = {code: _caller(code, ready) for code in senders}
    on: Any = parse_date(day) if day else ready["on"]
    counts: Counter[str] = Counter()
    begun = datetime.now(ready["now"].tzinfo)
    for sent in hospital.day(seed=seed, on=on, senders=senders, visits=visits, areas=areas):
        raw = sent.text.encode()
        new = services.of_bundle(raw) if sent.channel == "fhir" else services.of_hl7(raw, sent.sender)
        counts.update(services.receive_all(new, sender=sent.sender, caller=callers[sent.sender], **ready))
    seconds = (datetime.now(ready["now"].tzinfo) - begun).total_seconds()
    total = sum(counts.values())
    print("，".join(f"{name} {count}" for name, count in sorted(counts.items())))
    print(f"{total} 条，{seconds:.1f} 秒，每秒 {total / max(seconds, 0.001):.1f} 条 (messages a second)")
