"""A stack: the order in which entitlements, accounts and benefits take a claim. `extends` changes another stack by position."""

from kangcheng.policy.kinds import benefit, entitlement
from kangcheng.policy.kinds.benefit import (
    BASE,
    CASE,
    CASE_AT_MOST_ONE,
    CLAUSE,
    NOTE,
    ONE_WAY,
    SPLIT,
    WHEN,
)
from kangcheng.policy.kinds.boundaries import other_sides
from kangcheng.policy.kinds.commuting import commutes
from kangcheng.policy.kinds.kind import COMMON, Kind
from kangcheng.policy.schema import (
    Field,
    Id,
    Many,
    OneOf,
    Record,
    Table,
    Text,
    choice,
    optional,
    ref,
    required,
)

_INLINE: dict[str, Field] = {
    key: optional(COMMON[key].type, COMMON[key].about, moved=False)
    for key in ("kind", "id", "title", "title_en", "about", "clause", "clauses", "note")
}
"""What is written inside a stack is in force when the stack is: it has no days and no status of its own."""
INLINE_BENEFIT = Record("就地写的待遇 benefit", {**_INLINE, **benefit.FIELDS}, at_most_one=(ONE_WAY,))
INLINE_ENTITLEMENT = Record(
    "就地写的减免 entitlement", {**_INLINE, **entitlement.FIELDS}, exactly_one=(entitlement.WAYS,)
)
ACCOUNT = Record(
    "账户 account",
    {
        "balances": required(Many(Text(), single=True, ordered=True), "账户名，依次付"),
        "base": optional(BASE, "可付哪些部分"),
        "owner": optional(choice("person", "household"), "个人或家庭"),
        "when": WHEN,
        "clause": CLAUSE,
        "note": NOTE,
    },
)
_POSITION: dict[str, Field] = {
    "id": optional(Id(), "位置编号，默认为所指条目的编号", moved=False),
    "benefit": optional(OneOf((ref("benefit"), INLINE_BENEFIT)), "待遇"),
    "entitlement": optional(OneOf((ref("entitlement"), INLINE_ENTITLEMENT)), "减免补助"),
    "account": optional(ACCOUNT, "账户"),
    "clause": CLAUSE,
    "note": NOTE,
}
_ONE = (("benefit", "entitlement", "account"),)
POSITION = Record("位置 position", _POSITION, exactly_one=_ONE)
INSERTED = Record(
    "插入的位置 position",
    {
        **_POSITION,
        "after": optional(Text(), "在哪个位置之后", moved=False),
        "before": optional(Text(), "在哪个位置之前", moved=False),
    },
    exactly_one=(*_ONE, ("after", "before")),
)
TOTAL_ROUNDING = Record(
    "抹零 total_rounding",
    {
        "unit": required(choice("jiao", "yuan"), "现金取整到"),
        "borne_by": optional(Text(), "差额由谁承担，默认 institution"),
    },
)

FIELDS: dict[str, Field] = {
    "scheme": optional(Many(Text(nothing=("none", "无")), single=True), "适用险种，空为不限", moved=False),
    "setting": optional(Many(Text(), single=True), "适用就医类型，空为不限", moved=False),
    "when": WHEN,
    "split": optional(SPLIT, "费用切分"),
    "order": optional(Many(POSITION, ordered=True), "依次的位置"),
    "total_rounding": optional(TOTAL_ROUNDING, "现金抹零"),
    "extends": optional(ref("stack"), "在哪个叠层上修改", moved=False),
    "replace": optional(Table(POSITION), "位置 → 换成"),
    "insert": optional(Many(INSERTED), "插入"),
    "remove": optional(Many(Text(), single=True), "删去的位置", moved=False),
}

KIND = Kind(
    "stack",
    "叠层 (stack)",
    FIELDS,
    exactly_one=(("order", "extends"),),
    case=CASE,
    case_at_most_one=CASE_AT_MOST_ONE,
    cited="entry",
    proven=True,
    moves=other_sides,
    same=commutes,
)
