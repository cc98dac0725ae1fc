"""The compiled implementation: the same fen as `reference`, millions of claims a second, and a refusal where not exact.

A stack becomes straight whole-number code for one claim; the claims of a unit run through it in order. What it says in
amounts and rates stays outside the code, so a changed amount needs no new compilation.
"""

from kangcheng.funds.engine.compiled.batch import Batch, from_arrow, from_claims, grouped
from kangcheng.funds.engine.compiled.program import Program, compile
from kangcheng.funds.engine.compiled.refusal import Refusal
from kangcheng.funds.engine.compiled.results import BatchResult

__all__ = ["Batch", "BatchResult", "Program", "Refusal", "compile", "from_arrow", "from_claims", "grouped"]
