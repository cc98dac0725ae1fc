"""The second factor: an authenticator whose secret lies sealed, so that a copy of the database answers no code.

Time-based one-time passwords as in RFC 6238: HMAC-SHA-1, steps of 30 seconds, six digits, as every authenticator reads them.
"""

import time
from base64 import b32encode
from typing import ClassVar
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django_otp.models import Device, DeviceManager, ThrottlingMixin
from django_otp.oath import TOTP
from django_otp.util import random_hex

from kangcheng.base.personal import SealedTextField, Unreadable
from kangcheng.base.row import Base

PURPOSE = "second-factor"
STEP, DIGITS, TOLERANCE = 30, 6, 1  # seconds; digits; steps a phone's clock may be off


class Authenticator(Base, ThrottlingMixin, Device):
    """An authenticator of one user. Wrong codes double the wait before the next is looked at; a code serves once."""

    personal: ClassVar[set[str]] = {"user", "key"}
    plain: ClassVar[set[str]] = {
        "name", "confirmed", "drift", "last_t", "throttling_failure_timestamp", "throttling_failure_count",
    }  # fmt: skip

    key = SealedTextField("密钥", purpose=PURPOSE, default=random_hex)  # 20 bytes in hex
    drift = models.SmallIntegerField("时钟偏差", default=0)
    last_t = models.BigIntegerField("最近验证码的时段", default=-1)

    objects: ClassVar[models.Manager["Authenticator"]] = DeviceManager()

    class Meta:
        verbose_name = "两步验证"

    @property
    def persistent_id(self) -> str:
        """What a session remembers; the library reads the id as an integer."""
        return f"{self.model_label()}/{self.id.int}"

    @property
    def secret(self) -> bytes:
        """The 20 bytes shared with the phone."""
        return bytes.fromhex(self.key)

    @property
    def address(self) -> str:
        """What the QR code says."""
        issuer = settings.OTP_TOTP_ISSUER
        label = quote(f"{issuer}:{self.user.get_username()}")
        given = {
            "secret": b32encode(self.secret).decode(),
            "algorithm": "SHA1",
            "digits": DIGITS,
            "period": STEP,
        }
        return f"otpauth://totp/{label}?{urlencode(given | {'issuer': issuer}, quote_via=quote)}"

    def code(self) -> str:
        """The six digits a phone shows now."""
        return f"{self._clock().token():0{DIGITS}d}"

    def verify_token(self, token: str) -> bool:
        """True for the code of now, once; never too soon after a wrong one, nor without the key that seals the secret."""
        allowed, _ = self.verify_is_allowed()
        if not allowed or isinstance(self.key, Unreadable):
            return False
        clock = self._clock()
        good = token.isascii() and token.isdigit() and clock.verify(int(token), TOLERANCE, self.last_t + 1)
        if good:
            self.last_t, self.drift = clock.t(), clock.drift
            self.throttle_reset(commit=False)
            self.save()
        else:
            self.throttle_increment(commit=True)
        return bool(good)

    def get_throttle_factor(self) -> float:
        """Seconds to wait after the first wrong code."""
        return 1.0

    def _clock(self) -> TOTP:
        clock = TOTP(self.secret, STEP, 0, DIGITS, self.drift)
        clock.time = time.time()
        return clock
