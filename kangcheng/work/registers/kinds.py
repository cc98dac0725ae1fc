"""The kind `register` with its check and its cases. Pure."""

from dataclasses import replace

from kangcheng.policy.kinds import register
from kangcheng.work.registers.rules.checks import check, run_case

__all__ = ["KIND", "KINDS", "run_case"]

KIND = replace(register.KIND, check=check, run_case=run_case)
KINDS = (KIND,)
