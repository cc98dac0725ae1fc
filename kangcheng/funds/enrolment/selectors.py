"""Questions about enrolment: what a premium comes to, who is enrolled, the rate, per-head financing."""

from datetime import date
from fractions import Fraction
from uuid import UUID

from django.db.models import Count, Sum

from kangcheng.funds.engine import parse, reference
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.enrolment.models import Enrolment
from kangcheng.funds.enrolment.types import EnrolmentError, EnrolmentView, Premium
from kangcheng.funds.settlement import releases
from kangcheng.funds.settlement.rulebook import RuleBook
from kangcheng.policy.pack import Pack
from kangcheng.registry.people import selectors as people

SETTING = "enrolment"  # setting of the stack that splits a premium


def premium(*, person_id: UUID, scheme: str, year: int, pack: Pack) -> Premium:
    """What the person pays for the year and who pays the rest, by the pack on the first day of the year.

    The pack names the premium as parameter `<scheme>-premium` and its split as the stack of setting `enrolment` or the
    benefit `<scheme>-premium-split`. Raises EnrolmentError or Faults when it does not.
    """
    first_day = date(year, 1, 1)
    facts = people.facts(person_id, first_day)
    if facts is None:
        raise EnrolmentError("没有这位居民 (no such person)", where=f"person:{person_id}")
    book = releases.book_of(pack)
    whole = int(book.at(first_day).parameter(f"{scheme}-premium"))
    claim = Claim(
        id=f"{scheme}-{year}", person=str(facts.person_id), on=first_day, in_scope=whole, categories=facts.categories,
        attributes={"scheme": scheme, "setting": SETTING}, facts={"age": facts.age(first_day)} if facts.birth_on <= first_day else {},
        household=str(facts.household_id or ""),
    )  # fmt: skip
    result = reference.settle(_split(book, scheme, first_day), claim, explain=False)
    return Premium(whole, result.cash, {payer: fen for payer, fen in result.payers.items() if fen})


def enrolled(*, year: int, scheme: str = "") -> int:
    """How many people are enrolled for the year."""
    rows = Enrolment.objects.filter(year=year, withdrawn_on=None)
    return (rows.filter(scheme=scheme) if scheme else rows).values("person_id").distinct().count()


def rate(*, year: int, eligible: int, scheme: str = "") -> Fraction | None:
    """Enrolled over eligible; None when nobody is eligible."""
    return Fraction(enrolled(year=year, scheme=scheme), eligible) if eligible else None


def financing(*, year: int) -> list[dict[str, object]]:
    """Per scheme: people, premium, own part and per head, fen."""
    rows = (
        Enrolment.objects.filter(year=year, withdrawn_on=None)
        .values("scheme")
        .annotate(people=Count("person_id", distinct=True), premiums=Sum("premium"), owns=Sum("own"))
        .order_by("scheme")
    )
    return [{**row, "per_head": Fraction(row["premiums"], row["people"])} for row in rows]


def of_person(person_id: UUID) -> list[EnrolmentView]:
    """A person's enrolments, newest year first."""
    return [view(row) for row in Enrolment.objects.filter(person_id=person_id).order_by("-year", "scheme")]


def one(enrolment_id: UUID) -> EnrolmentView:
    """One enrolment. Raises EnrolmentError when there is none."""
    row = Enrolment.objects.filter(pk=enrolment_id).first()
    if row is None:
        raise EnrolmentError("没有这笔参保 (no such enrolment)", where=f"enrolment:{enrolment_id}")
    return view(row)


def view(row: Enrolment) -> EnrolmentView:
    """An enrolment as callers see it."""
    return EnrolmentView(
        row.pk,
        row.person_id,
        row.scheme,
        row.year,
        row.premium,
        row.own,
        row.subsidies,
        row.paid_on,
        row.withdrawn_on,
    )


def _split(book: RuleBook, scheme: str, on: date) -> Stack:
    if book.has_stack(scheme, SETTING, on):
        return book.stack_for(scheme, SETTING, on)
    at = book.at(on)
    return parse.settleable(at.get("benefit", f"{scheme}-premium-split"), at, release=book.release_hash)
