"""Why each amount: the steps of a settlement gathered by layer, each layer with its payer, its clauses and its result."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from kangcheng.funds.settlement.types import Answer, Layer, Reason
from kangcheng.portal import citypack
from kangcheng.portal.words import Words, t

SKIPPED = {
    "when": Words("不符合适用条件", "conditions not met"), "unless": Words("属于除外情形", "excluded"),
    "frequency": Words("次数已用完", "used up"),
}  # fmt: skip
OTHERS = {"split": Words("费用切分", "Splitting the bill"), "total": Words("合计", "Total")}


@dataclass
class Group:
    """One layer of the explanation; `paid` is None for what pays nothing by itself (splitting, total)."""

    id: str
    title: str
    payer: str = ""
    paid: int | None = None
    clauses: list[dict[str, Any]] = field(default_factory=list)
    steps: list[Reason] = field(default_factory=list)


def groups(answer: Answer) -> list[Group]:
    """Layers that did something, in the order they ran, with their steps."""
    layers = {layer.id: layer for layer in answer.layers}
    found: dict[str, Group] = {}
    for reason in answer.reasons or ():
        layer = layers.get(reason.layer)
        if layer is not None and layer.skipped:
            continue
        group = found.setdefault(reason.layer, _group(reason.layer, layer))
        group.steps.append(reason)
        known = {one["citation"] for one in group.clauses}
        group.clauses += [one for one in clauses(reason.clause) if one["citation"] not in known]
    return list(found.values())


def skipped(answer: Answer) -> list[tuple[str, str]]:
    """(layer, why) of those that did not apply."""
    return [
        (layer.title or layer.id, str(SKIPPED.get(layer.skipped, layer.skipped)))
        for layer in answer.layers
        if layer.skipped
    ]


def clauses(text: str) -> list[dict[str, Any]]:
    """The clauses named in a text ("relief-2021#S3-02.13; relief-2021#S3-02.11") with their words and pages."""
    return [found for part in text.replace("；", ";").split(";") if (found := clause(part.strip()))]


def clause(citation: str) -> dict[str, Any] | None:
    """A cited clause with its words and its page; None when it is not one of the pack."""
    document, _, number = citation.partition("#")
    found = next((c for key, c in citypack.pack().clauses.items() if str(key) == citation), None)
    if found is None:
        return None
    title = citypack.pack().documents[document].title
    return {
        "citation": citation,
        "quote": found.quote,
        "document": title,
        "url": reverse("portal:clause", args=(document, number)),
    }


def _group(id_: str, layer: Layer | None) -> Group:
    if layer is not None:
        return Group(
            id_, layer.title or id_, citypack.title("payers", layer.payer) if layer.payer else "", layer.paid
        )
    if id_ in OTHERS:
        return Group(id_, str(OTHERS[id_]))
    entry = next(
        (e for kind in ("entitlement", "benefit") if (e := citypack.pack().entries.get((kind, id_)))), None
    )
    return Group(id_, t(entry.title, entry.title_en) if entry else id_)
