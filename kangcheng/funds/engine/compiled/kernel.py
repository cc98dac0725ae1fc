"""One function for a whole stack: straight code for one claim, run over the claims of unit after unit."""

from __future__ import annotations

from dataclasses import dataclass

from kangcheng.funds.engine.compiled.bill import write_caps, write_total_rounding, write_waiver_tests
from kangcheng.funds.engine.compiled.conditions import holds
from kangcheng.funds.engine.compiled.draft import Bounds, Draft, Form
from kangcheng.funds.engine.compiled.layer import FIELDS, names_of, write_account, write_layer
from kangcheng.funds.engine.compiled.memory import Key, Layout, layout
from kangcheng.funds.engine.compiled.money_facts import money_facts
from kangcheng.funds.engine.compiled.pools import pools_of
from kangcheng.funds.engine.compiled.recall import write_rows, write_starts, write_unit
from kangcheng.funds.engine.compiled.source import Source
from kangcheng.funds.engine.compiled.split_cells import write_basis, write_cells
from kangcheng.funds.engine.compiled.split_lines import write_lines
from kangcheng.funds.engine.compiled.vocabulary import vocabulary
from kangcheng.funds.engine.definition import Account, Pool, Stack
from kangcheng.funds.engine.reference.plan import plan
from kangcheng.funds.engine.slots import layer_of

_LINES = ("start", "end", "rule", "name", "amount", "quantity", "most", "share", "waivers")


@dataclass(frozen=True)
class Kernel:
    """The text of the function, its constants, and the order of what goes in and comes out."""

    text: str
    constants: tuple[int, ...]
    inputs: tuple[str, ...]  # argument names after first, last
    outputs: tuple[str, ...]  # rows of `out`
    keys: tuple[Key, ...]  # key_0, key_1 ...
    layout: Layout
    pools: tuple[Pool, ...]
    faults: tuple[tuple[str, str], ...]
    bounds: Bounds


def write_kernel(stack: Stack, form: Form, want: frozenset[str], bounds: Bounds) -> Kernel:
    """Write the kernel of a stack for claims of a form. Raises TooWide when the bounds are not tight enough."""
    prepared = plan(stack)
    draft = Draft(
        stack=stack,
        plan=prepared,
        source=Source(depth=1),
        vocabulary=vocabulary(stack),
        memory=layout(prepared, whole="memory" in want),
        form=form,
        want=want,
        bounds=bounds,
        money_facts=money_facts(stack),
    )
    outputs = _write_body(draft)
    inputs = _inputs(draft)
    head = f"def settle(first, last, {', '.join(inputs)}):"
    title = f'    """{stack.id}: claims first to last, unit after unit; the number of refused claims."""'
    return Kernel(
        text="\n".join([head, title, *draft.source.lines, ""]),
        constants=tuple(draft.source.constants),
        inputs=inputs,
        outputs=outputs,
        keys=tuple(group.key for group in draft.memory.groups),
        layout=draft.memory,
        pools=tuple(draft.pools),
        faults=tuple(draft.source.faults),
        bounds=bounds,
    )


def _write_body(draft: Draft) -> tuple[str, ...]:
    source = draft.source
    source.put("refused = 0")
    source.put("u = -1")
    write_starts(draft)
    with source.block("for i in range(first, last)"):
        with source.block("if unit[i] != u"):
            source.put("u = unit[i]")
            write_unit(draft)
        source.put("if status[i] != 0:")
        source.put("    continue")
        source.put("fault = 0")
        with source.block("while True"):
            outputs = _write_claim(draft)
            source.put("break")
        with source.block("if fault != 0"):
            source.put("status[i] = fault")
            source.put("refused += 1")
            _write_asked(draft, outputs)
    source.put("return refused")
    return outputs


def _write_asked(draft: Draft, outputs: tuple[str, ...]) -> None:
    """What a refused claim asked of its pools before: once a pool gives less, the claim may well stand."""
    for at in range(len(draft.pools)):
        for stem in ("demand", "limit"):
            draft.source.put(f"out[{outputs.index(f'{stem}.{at}')}, i] = {stem}_{at}")


def _write_claim(draft: Draft) -> tuple[str, ...]:
    _load(draft)
    write_rows(draft)
    source = draft.source
    source.place = "stack"
    applies = holds(draft, draft.stack.when)
    if applies != "True":
        with source.block(f"if not ({applies})"):
            source.fault("stack", "叠层不适用于此单据 (stack does not apply)")
    write_waiver_tests(draft)
    source.place = "split"
    source.put("# --- the bill splits into its parts")
    (write_lines if draft.form.cells is None else write_cells)(draft)
    if _basis_is_asked(draft.stack):
        write_basis(draft)
    write_caps(draft)
    for number, position in enumerate(draft.stack.order):
        if isinstance(position, Account):
            write_account(draft, number, position)
        elif benefit := layer_of(position):
            write_layer(draft, number, benefit)
    _all_given_placed(draft)
    write_total_rounding(draft)
    return _write_results(draft)


def _basis_is_asked(stack: Stack) -> bool:
    layers = [benefit for position in stack.order if (benefit := layer_of(position))]
    return any(benefit.minimum and benefit.minimum.of == "in_scope" for benefit in layers)


def _load(draft: Draft) -> None:
    """What the claim brings, under local names; every pile of money empty."""
    source, prepared, form = draft.source, draft.plan, draft.form
    for at, name in enumerate(draft.vocabulary.codes):
        source.put(f"a_{at} = attribute_{at}[i]  # {name}")
    for at in range(draft.vocabulary.words):
        source.put(f"g_{at} = category_{at}[i]")
    for at, name in enumerate(draft.vocabulary.facts):
        source.put(f"f_{at} = {f'fact_{at}[i]' if name in form.facts else -1}  # {name}")
    for payer in form.given:
        at = prepared.payers.index(payer)
        source.put(f"given_{at} = paid_{at}[i]  # {payer}")
    for part in prepared.parts:
        source.put(f"{draft.part(part)} = 0")
    piles = [
        *(f"pay_{at}" for at in range(len(prepared.payers))),
        *(f"account_{at}" for at in range(len(prepared.balances))),
        *(f"waived_{at}" for at in range(len(prepared.sources))),
        *(f"allowance_{at}" for at in range(len(prepared.allowances))),
        *(f"{stem}_{at}" for at in range(len(pools_of(draft.stack))) for stem in ("demand", "limit")),
        "institution",
    ]
    source.put(f"{' = '.join(piles)} = 0")
    if form.in_scope:
        source.put("p_in_scope = in_scope[i]")
    if form.rest:
        source.put("p_out_of_scope = rest[i]")
    if any((b := layer_of(p)) and b.minimum and b.minimum.of == "total" for p in draft.stack.order):
        source.put("total = totals[i]")


def _all_given_placed(draft: Draft) -> None:
    for payer in draft.form.given:
        with draft.source.block(f"if given_{draft.plan.payers.index(payer)} > 0"):
            draft.source.fault(
                f"paid.{payer}", "给出的支付比此付款方各层的基数多 (given payment exceeds the base)"
            )


def _write_results(draft: Draft) -> tuple[str, ...]:
    """Write what is wanted into the rows of `out`; the names of the rows."""
    rows = _results(draft)
    draft.source.put("# --- results")
    for at, (name, code) in enumerate(rows):
        draft.source.put(f"out[{at}, i] = {code}  # {name}")
    return tuple(name for name, _ in rows)


def _results(draft: Draft) -> list[tuple[str, str]]:
    prepared, rows = draft.plan, list[tuple[str, str]]()
    if "payers" in draft.want:
        rows += [(f"payer.{name}", f"pay_{at}") for at, name in enumerate(prepared.payers)]
        rows += [(f"account.{name}", f"account_{at}") for at, name in enumerate(prepared.balances)]
        rows += [(f"waived.{name}", f"waived_{at}") for at, name in enumerate(prepared.sources)]
        rows += [(f"allowance.{name}", f"allowance_{at}") for at, name in enumerate(prepared.allowances)]
        rows.append(("institution", "institution"))
        rows.append(("cash", " + ".join(draft.part(part) for part in prepared.parts)))
    if "parts" in draft.want:
        rows += [(f"part.{part}", draft.part(part)) for part in prepared.parts]
    if "layers" in draft.want:
        rows += [
            row for number, position in enumerate(draft.stack.order) for row in _layer_rows(number, position)
        ]
        rows += [(f"no_deposit.{name}", free) for name, free in draft.free.items()]
    if "memory" in draft.want:
        rows += _memory_rows(draft)
    for at in range(len(draft.pools)):
        rows += [(f"demand.{at}", f"demand_{at}"), (f"limit.{at}", f"limit_{at}")]
    return rows


def _layer_rows(number: int, position: object) -> list[tuple[str, str]]:
    names = names_of(number)
    if isinstance(position, Account):
        texts = {"base": names.base, "copay": f"{names.base} - {names.paid}", "paid": names.paid}
        texts["skipped"] = names.skipped
        return [(f"layer.{position.id}.{field}", text) for field, text in texts.items()]
    benefit = layer_of(position)
    if benefit is None:
        return []
    unpaid = f"{names.base} - {names.paid} - {names.deductible} - {names.over}"
    amounts = (names.base, names.deductible, names.expense, names.over, f"max(0, {unpaid})", names.paid)
    texts = dict(zip(FIELDS, (*amounts, names.given, names.skipped), strict=True))
    return [(f"layer.{benefit.id}.{field}", text) for field, text in texts.items()]


def _memory_rows(draft: Draft) -> list[tuple[str, str]]:
    rows = []
    places = [
        (f"after.{slot.label}", draft.memory.slots[slot.name, slot.period]) for slot in draft.plan.slots
    ]
    places += [(f"balance.{name}", place) for name, place in draft.memory.balances.items()]
    for name, (group, at) in places:
        lacking = f" if k_{group.number} >= 0 else 0" if group.key.may_lack else ""
        rows.append((name, f"m[r_{group.number} + {at}]{lacking}"))
    return rows


def _inputs(draft: Draft) -> tuple[str, ...]:
    """Argument names in order; `Program` knows what each means."""
    form, words = draft.form, draft.vocabulary
    names = ["c", "out", "status", "unit", "totals", "cap", "m", "q", "rows", "slot_group", "slot_at"]
    if form.cells is None:
        names += [f"line_{name}" for name in _LINES] + ["work", "line_left", "line_ratio"]
    else:
        names += [f"cell_{at}" for at in range(len(form.cells))]
    names += ["in_scope"] * form.in_scope + ["rest"] * form.rest
    names += [f"attribute_{at}" for at in range(len(words.codes))]
    names += [f"category_{at}" for at in range(words.words)]
    names += [f"fact_{at}" for at, name in enumerate(words.facts) if name in form.facts]
    names += [f"key_{group.number}" for group in draft.memory.groups if not draft.memory.is_single(group)]
    names += [f"paid_{draft.plan.payers.index(payer)}" for payer in form.given]
    names += [f"grant_{at}" for at in range(len(draft.pools))]
    if form.overrides:
        names += ["override_start", "override_end", "override_slot", "override_value"]
    if form.opening:
        names += ["opening_start", "opening_slot", "opening_key", "opening_value"]
    return tuple(names)
