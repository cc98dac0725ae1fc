"""Why the compiled engine will not run an entry or a claim: it holds everything exactly, or it says no."""

from __future__ import annotations

from kangcheng.kernel.errors import KangchengError


class Refusal(KangchengError):
    """An entry (or the size of a number) that 64-bit whole numbers cannot hold exactly. Use `reference` for it."""


class TooWide(Exception):
    """Inside the compiler: a product could pass 2**61 under the bounds tried; tighter bounds may do."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(place, what)
        self.place, self.what = place, what
