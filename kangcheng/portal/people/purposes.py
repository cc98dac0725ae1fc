"""What a resident's file may be opened for. The purpose chosen goes into the actor and so into every look."""

from dataclasses import replace
from urllib.parse import urlencode

from kangcheng.base.accounts.types import Actor
from kangcheng.portal.doors import Asking
from kangcheng.portal.people.asked import opened, sealed
from kangcheng.portal.words import Words

LONGEST_WHY = 200
PURPOSES = {
    "care": Words("诊疗", "Care"), "follow_up": Words("随访管理", "Follow-up"), "settlement": Words("费用结算", "Settlement"),
    "fund_audit": Words("基金审核", "Fund audit"), "enrolment": Words("参保与类别认定", "Cover and categories"),
    "disease_control": Words("疫情处置", "Disease control"), "statistics": Words("统计（须本人同意）", "Statistics (by consent)"),
}  # fmt: skip


OTHERS = {
    "own": Words("本人查看", "Own data"),
    "work": Words("日常工作", "Work"),
    "import": Words("名单导入", "List import"),
    "matching": Words("归并核对", "Telling people apart"),
}


def purpose_title(code: str) -> str:
    """A purpose in the reader's language, those of pages that nobody chooses included."""
    return str(PURPOSES.get(code) or OTHERS.get(code) or code)


USUAL = (
    ("cashier", "settlement"),
    ("fund_auditor", "fund_audit"),
    ("fund_officer", "enrolment"),
    ("disease_control", "disease_control"),
)


def asked_for(request: Asking) -> str:
    """The purpose in the address, else what somebody of the reader's role usually looks for."""
    asked = request.GET.get("purpose", "")
    if asked in PURPOSES:
        return asked
    return next((purpose for role, purpose in USUAL if request.actor.has(role)), "care")


def acting_for(request: Asking) -> Actor:
    """The actor with the purpose asked for."""
    return replace(request.actor, purpose=asked_for(request))


def why(request: Asking) -> str:
    """The reason given with the look, at most 200 characters; in the address it is sealed."""
    return opened(request.GET.get("said", "")[:1500])[:LONGEST_WHY]


def sealed_address(request: Asking) -> str:
    """This address with the reason in it sealed; "" when none stands there in the clear."""
    if "why" not in request.GET:
        return ""
    asked = {key: text for key, text in request.GET.items() if key not in ("why", "said")}
    said = sealed(request.GET["why"].strip()[:LONGEST_WHY])
    return f"{request.path}?{urlencode({**asked, 'said': said} if said else asked)}"
