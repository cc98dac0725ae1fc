"""A server process to be killed: the verbs of the counter over HTTP and JSON. `python -m bench.faults.server PORT`."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID


def main(port: int) -> None:
    """Serve until killed."""
    from kangcheng.config.boot import boot

    boot(start_database=False)
    from bench import town

    town.pack()
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


class Handler(BaseHTTPRequestHandler):
    """One request, one verb. 200: done; 409: refused for good; 503: try again with the same key."""

    def do_POST(self) -> None:
        """Answer a verb."""
        from django.db import DatabaseError, close_old_connections, connection

        from kangcheng.kernel.errors import KangchengError

        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        close_old_connections()
        try:
            status, answer = 200, VERBS[self.path.strip("/")](asked)
        except KangchengError as error:
            status, answer = 409, {"refused": str(error)}
        except DatabaseError as error:
            status, answer = 503, {"error": f"{type(error).__name__}: {error}"}
        finally:
            connection.close()
        self._say(status, answer)

    def do_GET(self) -> None:
        """Alive."""
        self._say(200, {})

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def register(asked: dict[str, Any]) -> dict[str, Any]:
    """Register a resident; asking again for one that is there is the same answer."""
    from bench import town
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.kernel.errors import Faults
    from kangcheng.registry.coverage import selectors as coverage
    from kangcheng.registry.coverage import services as covering
    from kangcheng.registry.coverage.types import NewCoverage
    from kangcheng.registry.people import selectors, services
    from kangcheng.registry.people.types import NewPerson

    number, by = int(asked["number"]), system_actor("register")
    person = town.person_id(number)
    if selectors.get(person) is None:
        new = NewPerson(
            name=f"测试{number}", area_code=town.VILLAGE, identity=town.identity(number), id=person
        )
        try:
            services.register(new=new, by=by, on=town.DAY)
        except Faults:
            if selectors.get(person) is None:
                raise
    if not coverage.rows(person):
        try:
            covering.grant(new=NewCoverage(person, "resident", town.SINCE), by=by, on=town.DAY)
        except Faults:
            if not coverage.rows(person):
                raise
    return {"person": str(person)}


def bill(asked: dict[str, Any]) -> dict[str, Any]:
    """Open, charge and discharge a bill; each step has its own key."""
    from bench import town
    from kangcheng.funds.billing import services
    from kangcheng.funds.billing.types import NewLine

    by, key = town.cashier(asked["client"]), asked["key"]
    opened = services.open_bill(
        person_id=UUID(asked["person"]), institution_id=town.COUNTY_HOSPITAL, setting=asked["setting"],
        admitted_on=town.DAY, by=by, on=town.DAY, key=f"{key}:open",
    )  # fmt: skip
    if opened.state == "open":
        lines = [NewLine(code, quantity) for code, quantity in asked["lines"]]
        services.charge(bill_id=opened.id, lines=lines, by=by, on=town.DAY, key=f"{key}:charge")
        services.discharge(bill_id=opened.id, discharged_on=town.DAY, by=by, on=town.DAY)
    return {"bill": str(opened.id)}


def settle(asked: dict[str, Any]) -> dict[str, Any]:
    """Settle a bill."""
    from bench import town
    from kangcheng.funds.settlement import services

    answer = services.settle(
        bill_id=UUID(asked["bill"]),
        pack=town.pack(),
        by=town.cashier(asked["client"]),
        on=town.DAY,
        key=asked["key"],
    )
    return {"settlement": str(answer.id), "number": answer.number, "fund": answer.fund, "cash": answer.cash}


def reverse(asked: dict[str, Any]) -> dict[str, Any]:
    """Reverse a settlement, later ones adjusted."""
    from bench import town
    from kangcheng.funds.settlement import services

    done = services.reverse(
        settlement_id=UUID(asked["settlement"]), by=town.cashier(asked["client"]), on=town.DAY, why="试验",
        key=asked["key"], resettle_later=True,
    )  # fmt: skip
    return {"settlement": str(done.settlement_id), "later": [str(one.now_id) for one in done.later]}


VERBS = {"register": register, "bill": bill, "settle": settle, "reverse": reverse}

if __name__ == "__main__":
    main(int(sys.argv[1]))
