"""Which module runs which kinds of pack entries. `wire()` joins them to the kinds that `policy` can only read."""

from importlib import import_module

from kangcheng.policy import kinds

# Each has a tuple or list KINDS of policy kinds with their `check` and `run_case` filled in.
MODULES = (
    "kangcheng.funds.engine.kinds",
    "kangcheng.work.kinds",
    "kangcheng.records.kinds",
    "kangcheng.performance.kinds",
)


def wire() -> None:
    """Make every kind runnable in this process; safe to repeat. Needs no Django."""
    for name in MODULES:
        kinds.add(*import_module(name).KINDS)
