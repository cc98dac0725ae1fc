"""A stack ready to settle batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kangcheng.funds.engine.compiled.bill import waivers
from kangcheng.funds.engine.compiled.bounds import TRIED, check_bounds, limits_of
from kangcheng.funds.engine.compiled.cache import jitted, plain
from kangcheng.funds.engine.compiled.columns import Batch
from kangcheng.funds.engine.compiled.draft import FAMILIES, Form
from kangcheng.funds.engine.compiled.kernel import Kernel, write_kernel
from kangcheng.funds.engine.compiled.pools import check_exact, settle_with_pools
from kangcheng.funds.engine.compiled.refusal import Refusal, TooWide
from kangcheng.funds.engine.compiled.results import BatchResult
from kangcheng.funds.engine.compiled.runs import Run, refused_rows
from kangcheng.funds.engine.compiled.vocabulary import vocabulary
from kangcheng.funds.engine.definition import Account, Stack
from kangcheng.funds.engine.reference.plan import Plan, plan

MOST_WAIVERS = 60
LARGE = 20_000


Ready = tuple[Kernel, Callable[..., int], dict[str, int]]


@dataclass
class Program:
    """One stack. Kernels are written for each form of claims when a batch of that form comes."""

    stack: Stack
    plan: Plan
    native: bool | None = (
        None  # machine code, or the same code as plain Python; None: as the batch is large or small
    )
    _kernels: dict[tuple[Form, frozenset[str], bool], Ready] = field(default_factory=dict)

    def run(
        self,
        batch: Batch,
        want: Iterable[str] = FAMILIES,
        *,
        refused: str = "raise",
        threads: int = 1,
        pools: dict[str, int] | None = None,
        reuse: BatchResult | None = None,
    ) -> BatchResult:
        """Settle a batch.

        `want`: families of results, of "payers", "parts", "layers", "memory". `refused`: "raise" Faults when claims
        are refused, or "mark" them and settle the others as if they had not come. `pools`: what is already used of
        each. `reuse`: a result of as many claims that nobody needs any more; its memory is overwritten. Raises
        Refusal when the batch holds numbers too large to stay exact.
        """
        native = len(batch) >= LARGE if self.native is None else self.native
        kernel, function, limits = self.kernel(batch.form, frozenset(want), native=native)
        check_bounds(batch.sizes, limits, self.stack.id)
        run = Run(kernel, function, batch, native=native, threads=threads)
        run.prepare(reuse.out if reuse else None)
        if kernel.pools:
            settle_with_pools(run, pools or {}, stop=refused == "raise")
        else:
            run.settle_until_stable(stop=refused == "raise")
        result = BatchResult(batch, kernel, run.out, run.status, run.pools_after)
        refused_rows(result, self.stack.id, stop=refused == "raise")
        return result

    def kernel(self, form: Form, want: frozenset[str], *, native: bool = True) -> Ready:
        """Code, function and greatest numbers for a form of claims. Raises Refusal when no bounds keep it exact."""
        if (form, want, native) not in self._kernels:
            kernel = _written(self.stack, form, want)
            function = (jitted if native else plain)(kernel.text)
            self._kernels[form, want, native] = (kernel, function, limits_of(self.stack, kernel.bounds))
        return self._kernels[form, want, native]


def compile(stack: Stack, *, native: bool = True) -> Program:
    """A program for a stack. Raises Refusal naming the entry that cannot be held exactly, and why."""
    _check(stack)
    program = Program(stack, plan(stack), native)
    _written(
        stack,
        Form(cells=None, limits=True, in_scope=True, rest=True, facts=vocabulary(stack).facts),
        frozenset(FAMILIES),
    )
    return program


def _written(stack: Stack, form: Form, want: frozenset[str]) -> Kernel:
    """The kernel under the widest bounds that keep every product exact."""
    last: TooWide | None = None
    for bounds in TRIED:
        try:
            return write_kernel(stack, form, want, bounds)
        except TooWide as error:
            last = error
    assert last is not None
    raise Refusal(
        last.what, where=f"{stack.id}: {last.place}", rule="64 位整数内精确", todo="用 reference 结算"
    )


def _check(stack: Stack) -> None:
    """What no bounds can help."""
    if len(waivers(stack)) > MOST_WAIVERS:
        raise Refusal(
            f"减免多于 {MOST_WAIVERS} 项 (too many waivers)", where=stack.id, todo="用 reference 结算"
        )
    owners: dict[str, str] = {}
    for position in stack.order:
        if isinstance(position, Account):
            for name in position.balances:
                if owners.setdefault(name, position.owner) != position.owner:
                    raise Refusal(
                        f"账户 {name!r} 既属个人又属家庭 (balance with two owners)",
                        where=f"{stack.id}: {position.id}",
                        todo="给两个账户不同的名称",
                    )
    check_exact(stack)
