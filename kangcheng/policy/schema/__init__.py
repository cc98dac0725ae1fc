"""The schema helper every kind is written in: strictness, messages, mutation and the generated page come from one place.

    from kangcheng.policy.schema import Record, Money, Rate, Many, OneOf, Table, Text, choice, optional, ref, required

    STEP = Record("步 step", {"to": optional(Money()), "rate": required(Rate())})
    SCHEMA = Record("benefit", {
        "payer": required(Text(), "谁付 (who pays)"),
        "steps": optional(Many(STEP, ordered=True), "分段 (brackets)"),
    }, exactly_one=(("rate", "steps", "fixed"),))

`Type.faults` finds what is wrong, `Type.moves` what `packs check --mutate` changes, `Type.label` what the page prints.
"""

from kangcheng.policy.schema.place import Alone, At, Context, Field, Move, Type, nearest
from kangcheng.policy.schema.references import Clause, InUnit, Level, Ref, UnitCode, ref
from kangcheng.policy.schema.scalars import (
    FLAG,
    Amount,
    Choice,
    Day,
    Id,
    Money,
    Number,
    Rate,
    Span,
    Text,
    YearDay,
    choice,
    whole,
)
from kangcheng.policy.schema.shapes import Anything, Lazy, Many, OneOf, Record, Table, optional, required

__all__ = [
    "FLAG",
    "Alone",
    "Amount",
    "Anything",
    "At",
    "Choice",
    "Clause",
    "Context",
    "Day",
    "Field",
    "Id",
    "InUnit",
    "Lazy",
    "Level",
    "Many",
    "Money",
    "Move",
    "Number",
    "OneOf",
    "Rate",
    "Record",
    "Ref",
    "Span",
    "Table",
    "Text",
    "Type",
    "UnitCode",
    "YearDay",
    "choice",
    "nearest",
    "optional",
    "ref",
    "required",
    "whole",
]
