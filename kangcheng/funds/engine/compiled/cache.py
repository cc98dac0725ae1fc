"""The text of a kernel as a function: plain Python, or machine code kept in a folder for the next start.

The file is named by what it says, so another amount in the same structure finds its machine code ready.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

_HEAD = '''"""Written by kangcheng.funds.engine.compiled for one stack and one form of claims. Safe to delete."""

from numba import njit, types
from numba.extending import intrinsic


@intrinsic
def div(context, above, below):
    """Division of whole numbers that are never negative: one machine instruction, no repair of signs."""

    def code(target, builder, signature, numbers):
        wide = [target.cast(builder, n, t, types.int64) for n, t in zip(numbers, signature.args)]
        return builder.udiv(*wide)

    return types.int64(types.int64, types.int64), code


@njit(cache=True, nogil=True, error_model="numpy")
'''


def _div(above: int, below: int) -> int:
    return above // below


def plain(text: str) -> Callable[..., int]:
    """The function as plain Python: whole numbers of any size, no compiler."""
    space: dict[str, Any] = {"div": _div}
    exec(compile(text, "<kernel>", "exec"), space)  # noqa: S102 - our own text, no word of a pack reaches it unquoted
    return space["settle"]  # type: ignore[no-any-return]


def jitted(text: str) -> Callable[..., int]:
    """The function as machine code, made at its first call or taken from the cache folder."""
    whole = _HEAD + text
    name = f"kernel_{sha256(whole.encode()).hexdigest()[:24]}"
    if name not in sys.modules:
        path = _written(folder() / f"{name}.py", whole)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name].settle  # type: ignore[no-any-return]


def folder() -> Path:
    """KANGCHENG_CACHE, else the user's cache folder, else one of our own among the temporary ones."""
    named = os.environ.get("KANGCHENG_CACHE")
    if named:
        return _private(Path(named) / "kernels")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    try:
        return _private(base / "kangcheng" / "kernels")
    except OSError:
        return _private(Path(tempfile.gettempdir()) / f"kangcheng-{os.getuid()}" / "kernels")


def _private(path: Path) -> Path:
    """What is run from here must be ours alone."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.stat().st_uid != os.getuid():
        raise PermissionError(f"{path} 属于别人 (belongs to somebody else)")
    return path


def _written(path: Path, text: str) -> Path:
    """The file with exactly this text; whole or not at all when several processes write it."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            file.write(text)
        Path(file.name).replace(path)
    return path
