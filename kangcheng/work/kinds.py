"""Kinds of pack entries that `work` runs."""

from dataclasses import replace

from kangcheng.policy.kinds import checklist, review, template
from kangcheng.policy.kinds.kind import Kind
from kangcheng.work.checklists import cases as checklists
from kangcheng.work.checklists.same import same
from kangcheng.work.processes.kinds import KIND as PROCESS
from kangcheng.work.registers.kinds import KINDS as REGISTERS
from kangcheng.work.reviews import cases as reviews
from kangcheng.work.reviews.same import same as same_review
from kangcheng.work.templates import cases as templates

KINDS: tuple[Kind, ...] = (
    *REGISTERS,
    PROCESS,
    replace(checklist.KIND, run_case=checklists.run_case, same=same),
    replace(review.KIND, run_case=reviews.run_case, same=same_review),
    replace(template.KIND, run_case=templates.run_case),
)
