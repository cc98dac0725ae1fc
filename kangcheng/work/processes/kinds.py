"""The kind `process` as the city runs it: its roles are held by roles that accounts can have."""

from dataclasses import replace

from kangcheng.base.accounts.roles import ROLES
from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds import process
from kangcheng.policy.pack import Pack
from kangcheng.work.processes.rules import unknown_roles


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """What the pure kind finds; and, for a process with an opening, roles that nobody could ever hold."""
    found = process.check(entry, pack)
    return [*found, *unknown_roles(entry, ROLES)] if entry.get("open") else found


KIND = replace(process.KIND, check=check)
