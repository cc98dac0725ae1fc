"""All tables of the module `gateway`, gathered for Django."""

from kangcheng.gateway.machines.models import Machine, MachineToken

__all__ = ["Machine", "MachineToken"]
