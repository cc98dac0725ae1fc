"""Which registers there are."""

from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import nearest
from kangcheng.work.registers import source
from kangcheng.work.registers.types import Register


def registers() -> dict[str, Register]:
    """Every register of the city's pack by id, as its files stand now."""
    return source.current().registers()


def get_register(id: str) -> Register:
    """The register `id`. Raises NoSuchRegister with the nearest id."""
    known = registers()
    if id not in known:
        near = nearest(id, known)
        todo = f"最接近的是 {near}" if near else ""
        raise source.NoSuchRegister("没有这本台账 (no such register)", where=id[:64], todo=todo)
    return known[id]


def pack() -> Pack:
    """The pack the registers were read from."""
    return source.current().pack()


def pack_faults() -> KangchengError | None:
    """What is wrong with the pack's files as they stand, when that keeps them from being read; None when all is well."""
    registers()
    return source.current().faults
