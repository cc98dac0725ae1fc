"""Circumstances of a visit that change a benefit and that only the counter knows: what may be chosen, and what was."""

from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking
from kangcheng.portal.words import Words

Choice = tuple[str, Words]
# Attribute -> title and choices. Shown only when the pack's list of claim attributes has the attribute.
CIRCUMSTANCES: dict[str, tuple[Words, tuple[Choice, ...]]] = {
    "clinic": (
        Words("收费减免门诊", "Charity clinic"),
        (("charity", Words("爱心门诊、惠民病床", "charity clinic or bed")), ("benefit_hospital", Words("惠民医院", "benefit hospital"))),
    ),
    "event": (
        Words("事由", "Cause"),
        (("illness", Words("疾病", "illness")), ("delivery", Words("分娩", "delivery")), ("injury", Words("外伤", "injury"))),
    ),
    "delivery": (Words("分娩方式", "Delivery"), (("natural", Words("平产", "natural")), ("caesarean", Words("剖宫产", "caesarean")))),
    "complication": (Words("分娩并发症", "Complication"), (("none", Words("无", "none")), ("serious", Words("严重", "serious")))),
    "pathway": (Words("临床路径", "Pathway"), (("followed", Words("按路径", "followed")), ("left", Words("退出路径", "left")))),
    "quality": (Words("质量标准", "Quality"), (("met", Words("达到", "met")), ("failed", Words("未达到", "failed")))),
    "procedure": (Words("主要操作", "Procedure"), (("echinococcosis_surgery", Words("包虫病手术", "echinococcosis surgery")),)),
    "service": (
        Words("残疾儿童服务", "Service for a disabled child"),
        (
            ("surgery", Words("手术", "surgery")), ("rehabilitation", Words("康复", "rehabilitation")),
            ("assistive_device", Words("辅具", "assistive device")),
        ),
    ),
    "long_term": (
        Words("长期门诊", "Long-term outpatient care"),
        (("chronic_drugs", Words("慢性病用药", "chronic drugs")), ("major_disease", Words("重大疾病", "major disease"))),
    ),
    "residence": (Words("户籍", "Residence"), (("rural", Words("农村", "rural")), ("urban", Words("城镇", "urban")))),
}  # fmt: skip


def offered() -> list[tuple[str, Words, tuple[Choice, ...]]]:
    """What the form shows: those the pack knows."""
    known = citypack.titles("claim-attributes")
    return [(name, title, choices) for name, (title, choices) in CIRCUMSTANCES.items() if name in known]


def chosen(request: Asking) -> dict[str, str]:
    """What was chosen, nothing that is not on the list."""
    given = {name: request.POST.get(name, "") for name in CIRCUMSTANCES}
    return {
        name: text for name, text in given.items() if text in {code for code, _ in CIRCUMSTANCES[name][1]}
    }
