"""What somebody typed to find a resident, sealed before it stands in an address.

A name or number in the clear would stay in the browser's history, in a proxy's log, in a link sent on.
"""

import base64
import binascii

from kangcheng.base.personal import SealError, seal, unseal

PURPOSE = "find"


def sealed(text: str) -> str:
    """`text` as a word for an address; "" for nothing."""
    return base64.urlsafe_b64encode(seal(text, PURPOSE)).decode().rstrip("=") if text else ""


def opened(word: str) -> str:
    """The text in a word made by `sealed`; "" for anything else."""
    try:
        return unseal(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)), PURPOSE) if word else ""
    except (binascii.Error, ValueError, SealError):
        return ""
