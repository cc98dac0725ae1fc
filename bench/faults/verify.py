"""What was acknowledged against what is there: nothing lost, nothing doubled, everything adds up."""

from collections import Counter
from collections.abc import Iterable

from bench.faults.clients import Log
from bench.faults.worker import CONSUMER, TOPICS, consume_once


def findings(logs: Iterable[Log]) -> list[str]:
    """Everything that is not as it must be; an empty list is what we want."""
    logs = list(logs)
    while consume_once():
        pass
    return [
        *(f"given up: {key}" for log in logs for key in log.lost),
        *_lost(logs),
        *_doubled(logs),
        *_ledger(),
        *_accumulators(),
        *_outbox(),
    ]


def _lost(logs: list[Log]) -> list[str]:
    """Every acknowledged answer is in the database as it was told."""
    from kangcheng.funds.settlement.models import Request, Settlement

    requests = {row.key: row for row in Request.objects.all()}
    settlements = {str(row.pk): row for row in Settlement.objects.defer("explanation", "claim", "result")}
    found = []
    for key, (verb, answer) in ((key, one) for log in logs for key, one in log.acknowledged.items()):
        if verb not in ("settle", "reverse"):
            continue
        row = settlements.get(answer["settlement"])
        if row is None or key not in requests or str(requests[key].subject_id) != answer["settlement"]:
            found.append(f"lost: {key}")
        elif verb == "settle" and (row.fund, row.cash, row.number) != (
            answer["fund"],
            answer["cash"],
            answer["number"],
        ):
            found.append(f"told otherwise: {key}")
        elif verb == "reverse" and row.state != "reversed":
            found.append(f"not reversed: {key}")
        elif verb == "reverse" and any(one not in settlements for one in answer["later"]):
            found.append(f"adjustment lost: {key}")
    return found


def _doubled(logs: list[Log]) -> list[str]:
    """As many settlements as settle requests were answered, one a bill, and no effect without a request."""
    from kangcheng.funds.settlement.models import Request, Settlement
    from kangcheng.registry.people.models import Resident

    first = Settlement.objects.filter(replaces_id=None)
    found = [
        f"bill settled twice: {bill}"
        for bill, n in Counter(first.values_list("bill_id", flat=True)).items()
        if n > 1
    ]
    sent = {key for log in logs for _, key in log.sent}
    kept = Request.objects.filter(verb__in=["settle", "reverse"]).values_list("key", flat=True)
    found += [f"effect without request: {key}" for key in kept if key not in sent]
    told = sum(verb == "settle" for log in logs for verb, _ in log.acknowledged.values())
    if first.count() != told:
        found.append(f"{first.count()} settlements, {told} acknowledged")
    registered = {
        one["person"] for log in logs for verb, one in log.acknowledged.values() if verb == "register"
    }
    missing = registered - {str(pk) for pk in Resident.objects.values_list("pk", flat=True)}
    return [*found, *(f"person lost: {person}" for person in missing)]


def _ledger() -> list[str]:
    """Every entry balances and the accounts say what the live settlements say."""
    from datetime import date

    from django.db.models import Sum

    from kangcheng.funds.ledger import selectors
    from kangcheng.funds.settlement.models import Settlement
    from kangcheng.funds.settlement.types import LIVE

    found = [f"entry does not balance: {entry}" for entry in selectors.unbalanced()]
    if not selectors.trial_balance(on=date.max).balanced:
        found.append("trial balance does not balance")
    live = Settlement.objects.filter(state__in=LIVE).aggregate(
        fund=Sum("fund", default=0), cash=Sum("cash", default=0), total=Sum("total", default=0)
    )
    booked = {
        "fund": sum(selectors.balances("fund").values()),
        "cash": selectors.balance("receivable:patient"),
        "total": -selectors.balance("payable:institution"),
    }
    return found + [
        f"ledger {name} {booked[name]}, settlements {live[name]}"
        for name in live
        if live[name] != booked[name]
    ]


def _accumulators() -> list[str]:
    """Accumulators are what the kept claims give when they are run again; pools what live settlements drew."""
    from kangcheng.funds.settlement import selectors
    from kangcheng.funds.settlement.models import Accumulator, Pool, Settlement
    from kangcheng.funds.settlement.types import LIVE

    found = []
    for person in Settlement.objects.values_list("person_id", flat=True).distinct():
        kept = {
            (str(row.owner_id), row.name, row.period, row.scope): row.value
            for row in Accumulator.objects.filter(owner_id=person).exclude(value=0)
        }
        if kept != selectors.replay(person):
            found.append(f"accumulators of {person} differ from a re-run")
    drawn: Counter[str] = Counter()
    for moves in Settlement.objects.filter(state__in=LIVE).values_list("moves", flat=True):
        drawn.update({move[2]: move[5] for move in moves if move[0] == "pool"})
    used = {pool.name: pool.used for pool in Pool.objects.exclude(used=0)}
    return found + (
        [f"pools {used}, drawn {dict(drawn)}"] if used != {k: v for k, v in drawn.items() if v} else []
    )


def _outbox() -> list[str]:
    """One event for every settlement, reversal and adjustment, each handled exactly once."""
    from django.db import connection

    from kangcheng.base import outbox
    from kangcheng.funds.settlement.models import Settlement

    with connection.cursor() as sql:
        sql.execute(
            "SELECT topic, count(*), count(DISTINCT key) FROM base_outboxevent WHERE topic = ANY(%s) GROUP BY 1",
            [list(TOPICS)],
        )
        events = {topic: (rows, keys) for topic, rows, keys in sql.fetchall()}
        sql.execute("SELECT topic, count(*) FROM faults_seen GROUP BY 1")
        seen = dict(sql.fetchall())
    wanted = {
        "funds.settled": Settlement.objects.filter(replaces_id=None).count(),
        "funds.reversed": Settlement.objects.filter(state="reversed").count(),
        "funds.adjusted": Settlement.objects.exclude(replaces_id=None).count(),
    }
    found = [
        f"{topic}: {count} wanted, {events.get(topic, (0, 0))} events, {seen.get(topic, 0)} handled"
        for topic, count in wanted.items()
        if events.get(topic, (0, 0)) != (count, count) or seen.get(topic, 0) != count
    ]
    left = outbox.waiting(CONSUMER, TOPICS)
    return found + ([f"{left} events not handled"] if left else [])
