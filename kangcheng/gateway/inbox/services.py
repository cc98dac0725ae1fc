"""Verbs of the inbox: receive messages one by one, over a line or as files; correct one, play it again."""

from kangcheng.gateway.inbox.files import of_bundle, of_hl7, receive_all
from kangcheng.gateway.inbox.hl7 import answer
from kangcheng.gateway.inbox.mllp import Papers, listen
from kangcheng.gateway.inbox.receiving import correct, receive, replay, replay_waiting
from kangcheng.gateway.inbox.sheets import take as take_sheet

__all__ = [
    "Papers", "answer", "correct", "listen", "of_bundle", "of_hl7", "receive", "receive_all", "replay", "replay_waiting",
    "take_sheet",
]  # fmt: skip
