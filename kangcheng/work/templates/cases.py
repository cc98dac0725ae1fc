"""Worked cases of templates: fields in, words that must stand in the document. Pure."""

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds.review import listed
from kangcheng.policy.pack import Pack
from kangcheng.work.templates import rules


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """Fill the document; every expected sentence must stand in it, and no placeholder be left."""
    data, wanted = case.data, case.data.get("error", "")
    on = parse_date(data.get("issued_on", "2024-01-02"))
    try:
        number = rules.number_of(entry, int(data.get("n", "1")), on)
        text = rules.laid(entry, rules.typed(entry, data.get("fields", {})), number=number, on=on).text()
    except KangchengError as error:
        return judged(case, [] if wanted and wanted in str(error) else [f"被拒绝 (refused): {error}"])
    if wanted:
        return judged(case, [f"应被拒绝，理由含 {wanted!r} (should be refused)"])
    missing = [
        f"文书里没有 (not in the document) {words!r}"
        for words in listed(data.get("expect", []))
        if words not in text
    ]
    return judged(case, missing + (["还有没填的占位 (placeholder left)"] if "{{" in text else []))
