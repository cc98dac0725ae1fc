"""An entitlement: an exemption or halving, a price cap, a subsidy, or admission without deposit."""

from kangcheng.policy.kinds.benefit import (
    CASE,
    CASE_AT_MOST_ONE,
    CLAUSE,
    FREQUENCY,
    LAYER,
    MONEY,
    NOTE,
    ONE_WAY,
    RATE,
    UNLESS,
    WHEN,
    WORDS,
)
from kangcheng.policy.kinds.boundaries import other_sides
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.schema import FLAG, Field, Many, OneOf, Record, Text, optional

WAIVE = Record(
    "减免 waive",
    {
        "groups": optional(WORDS, "哪些项目组；与 items 都不写则全部"),
        "items": optional(WORDS, "哪些项目编码"),
        "share": optional(RATE, "减免比例，默认 100%"),
        "clause": CLAUSE,
        "note": NOTE,
    },
)
CAP = Record(
    "限价 cap",
    {
        "limit": optional(MONEY, "账单不超过，元"),
        "take": optional(Many(Text(), single=True), "超出部分从哪些部分取，依次"),
        "clause": CLAUSE,
        "note": NOTE,
    },
)
SUBSIDY = Record(
    "补助 subsidy",
    {**LAYER, "clause": CLAUSE, "note": NOTE},
    at_most_one=(ONE_WAY,),
)
WAYS = ("waive", "cap", "subsidy", "no_deposit")

FIELDS: dict[str, Field] = {
    "source": optional(Text(), "由谁出钱；限价由 institution 承担", moved=False),
    "when": WHEN,
    "unless": UNLESS,
    "evidence": optional(Many(Text(), single=True), "凭什么证明", moved=False),
    "frequency": optional(FREQUENCY, "多少次"),
    "waive": optional(OneOf((WAIVE, Text(empty=True))), "减免"),
    "cap": optional(OneOf((CAP, MONEY)), "限价"),
    "subsidy": optional(SUBSIDY, "补助"),
    "no_deposit": optional(FLAG, "住院免押金"),
}

KIND = Kind(
    "entitlement",
    "减免补助 (entitlement)",
    FIELDS,
    exactly_one=(WAYS,),
    case=CASE,
    case_at_most_one=CASE_AT_MOST_ONE,
    cited="entry",
    proven=True,
    moves=other_sides,
)
