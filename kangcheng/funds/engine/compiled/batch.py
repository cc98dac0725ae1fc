"""Batches: claims as columns, bent to one stack and ready to run."""

from kangcheng.funds.engine.compiled.arrow import from_arrow, grouped
from kangcheng.funds.engine.compiled.claims import from_claims
from kangcheng.funds.engine.compiled.columns import Batch, assemble

__all__ = ["Batch", "assemble", "from_arrow", "from_claims", "grouped"]
