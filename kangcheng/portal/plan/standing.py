"""How far the pack has come, for pages that must not wait for it: worked out beside the requests, once per release."""

from __future__ import annotations

import threading

from kangcheng.portal import citypack
from kangcheng.portal.citypack import Standing

_lock = threading.Lock()
_newest: Standing | None = None
_release = ""
_worker: threading.Thread | None = None


def known() -> Standing | None:
    """What was found last, None before anything was; a new release is checked in the background."""
    global _worker
    release = citypack.pack().release_hash
    with _lock:
        if release != _release and (_worker is None or not _worker.is_alive()):
            _worker = threading.Thread(target=_work, args=(release,), daemon=True, name="standing")
            _worker.start()
    return _newest


def _work(release: str) -> None:
    global _newest, _release
    found = citypack.standing()
    with _lock:
        _newest, _release = found, release
