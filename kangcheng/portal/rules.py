"""The pack this city runs, read once per process."""

from functools import lru_cache

from django.conf import settings

from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack


@lru_cache(maxsize=1)
def pack() -> Pack:
    """The pack named by KANGCHENG_PACK, all its parents resolved."""
    return load_pack(settings.CITY_PACK, root=settings.PACKS_FOLDER)


def city() -> str:
    """The pack's own name for its city."""
    return pack().title


def release() -> str:
    """First letters of the release hash: enough to tell two releases apart by eye."""
    return pack().release_hash[:12]
