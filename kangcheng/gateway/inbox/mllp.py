"""MLLP: messages between a start and an end mark over TCP, each answered on the same line before the next is read.

MLLP knows no log-in. So we listen on this machine only, or with TLS where the sender's certificate names its facility.
"""

import asyncio
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import structlog

from kangcheng.gateway.inbox.types import MOST_BYTES, InboxError

START, END = b"\x0b", b"\x1c\r"
IDLE_SECONDS = 600  # a line that says nothing for so long is closed
BEGUN_SECONDS = 30  # within which a message that has begun must end
MOST_LINES = 200  # open at once
log = structlog.get_logger(__name__)

Handle = Callable[[bytes, str], bytes]  # message, name on the certificate -> acknowledgement


@dataclass(frozen=True)
class Papers:
    """Our certificate and key, and who signs those of senders."""

    certificate: Path
    key: Path
    authority: Path

    def context(self) -> ssl.SSLContext:
        """TLS that asks the sender for its certificate."""
        made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(self.authority))
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        made.load_cert_chain(self.certificate, self.key)
        made.verify_mode = ssl.CERT_REQUIRED
        return made


async def listen(
    handle: Handle, *, host: str, port: int, workers: int, papers: Papers | None, most_bytes: int = MOST_BYTES,
    ready: Callable[[int], None] | None = None,
) -> None:  # fmt: skip
    """Answer until cancelled. `ready` is told the port. Raises InboxError for an open address without TLS."""
    if papers is None and not _own(host):
        raise InboxError(
            "对外监听须用 TLS 双向认证 (TLS is needed beyond this machine)", where="--bind", rule="MLLP 本身没有身份认证",
            todo="给出 --certificate、--key、--authority，或只监听 127.0.0.1",
        )  # fmt: skip
    pool, lines = ThreadPoolExecutor(workers, thread_name_prefix="mllp"), asyncio.Semaphore(MOST_LINES)

    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if lines.locked():
            writer.close()
            return
        async with lines:
            await _line(reader, writer, handle, pool)

    server = await asyncio.start_server(
        line, host, port, limit=most_bytes + 16, ssl=papers.context() if papers else None
    )
    try:
        async with server:
            if ready:
                ready(server.sockets[0].getsockname()[1])
            await server.serve_forever()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


async def _line(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handle, pool: ThreadPoolExecutor
) -> None:
    peer = _name(writer)
    try:
        while (message := await _message(reader)) is not None:
            back = await asyncio.get_running_loop().run_in_executor(pool, handle, message, peer)
            writer.write(START + back + END)
            await writer.drain()
    except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
        pass
    except asyncio.LimitOverrunError:
        log.warning("message too large")
    finally:
        writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes | None:
    """The next message without its marks; None at the end of the line. What stands before a start mark is passed over."""
    while (first := await asyncio.wait_for(reader.read(1), IDLE_SECONDS)) != START:
        if not first:
            return None
    framed = await asyncio.wait_for(reader.readuntil(END), BEGUN_SECONDS)
    return framed[: -len(END)]


def _name(writer: asyncio.StreamWriter) -> str:
    """The common name on the sender's certificate."""
    shown = writer.get_extra_info("peercert") or {}
    return next(
        (value for row in shown.get("subject", ()) for name, value in row if name == "commonName"), ""
    )


def _own(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: bytes) -> bytes:
    """Send one message on an open line and wait for its acknowledgement."""
    writer.write(START + message + END)
    await writer.drain()
    framed = await asyncio.wait_for(reader.readuntil(END), BEGUN_SECONDS)
    return framed.lstrip(START)[: -len(END)]
