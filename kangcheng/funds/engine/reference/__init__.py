"""The reference implementation: plain integers and fractions, one file for each step, slow and obvious. It explains."""

from kangcheng.funds.engine.reference.resettle import Difference, resettle
from kangcheng.funds.engine.reference.run import in_order, run, settle, settle_all
from kangcheng.funds.engine.reference.state import State

__all__ = ["Difference", "State", "in_order", "resettle", "run", "settle", "settle_all"]
