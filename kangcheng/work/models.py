"""All tables of the module `work`, gathered for Django."""

from kangcheng.work.registers.models import RegisterImport, RegisterRow, RegisterView

__all__ = [
    "RegisterImport",
    "RegisterRow",
    "RegisterView",
]
