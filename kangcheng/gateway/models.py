"""All tables of the module `gateway`, gathered for Django."""

from kangcheng.gateway.bulk.models import BulkJob
from kangcheng.gateway.inbox.models import InboxMessage
from kangcheng.gateway.machines.models import Machine, MachineToken

__all__ = ["BulkJob", "InboxMessage", "Machine", "MachineToken"]
