"""Ways out of the application: Django's mail, and a text message left in a folder for the operator's gateway.

Neither is used unless the settings say so. No address, number or text reaches a log.
"""

import hashlib
import json
import os
from pathlib import Path

from django.core.mail import EmailMessage

from kangcheng.kernel.errors import KangchengError
from kangcheng.work.notices.types import Channel, NoticeError


class Mail:
    """Django's mail, sent from `sender`."""

    name = "email"

    def __init__(self, sender: str) -> None:
        self.sender = sender

    def send(self, *, to: str, title: str, body: str, key: str) -> None:
        """One message. Raises NoticeError when the server does not take it."""
        try:
            EmailMessage(title, body, self.sender, [to], headers={"X-Kangcheng-Key": key}).send()
        except OSError as error:
            raise NoticeError("邮件没有发出 (mail not sent)", rule=type(error).__name__) from error


class Outbox:
    """Text messages as files, one each, named by their key: a gateway takes them from the folder and deletes them."""

    name = "sms"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, *, to: str, title: str, body: str, key: str) -> None:
        """Leave one message. Written whole or not at all; the same key again replaces itself."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        part = self.folder / f"{name}.part"
        text = json.dumps({"to": to, "text": f"{title}。{body}"}, ensure_ascii=False)
        try:
            with os.fdopen(
                os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
            ) as file:
                file.write(text)
            os.replace(part, self.folder / f"{name}.json")
        except OSError as error:
            raise NoticeError("短信没有交出 (message not left)", rule=type(error).__name__) from error


def configured(*, mail_from: str, sms_folder: str) -> dict[str, Channel]:
    """The ways that are switched on; both are off when their setting is empty."""
    found: dict[str, Channel] = {}
    if mail_from:
        found["email"] = Mail(mail_from)
    if sms_folder:
        found["sms"] = Outbox(Path(sms_folder))
    return found


def problem_of(error: KangchengError) -> str:
    """What is kept of a failure: its class of reason, never an address."""
    return (error.rule or error.what)[:100]
