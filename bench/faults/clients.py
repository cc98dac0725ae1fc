"""Clients that never die: mixed traffic, each request sent again with its key until it is answered, each answer logged."""

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

GIVE_UP_SECONDS = 90.0
SETTINGS = ("inpatient", "outpatient", "special_outpatient")


@dataclass
class Log:
    """What one client sent and what it was told."""

    sent: list[tuple[str, str]] = field(default_factory=list)  # verb, key
    acknowledged: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)  # key -> verb, answer
    refused: dict[str, str] = field(default_factory=dict)  # key -> why
    retries: int = 0
    lost: list[str] = field(default_factory=list)  # keys given up, with the last error
    last_error: str = ""


class Client(threading.Thread):
    """One counter of the town."""

    def __init__(self, number: int, ports: list[int], people: list[str], stop: threading.Event) -> None:
        super().__init__(name=f"client-{number}")
        self.number, self.ports, self.people, self.stop = number, ports, people, stop
        self.random = random.Random(number)
        self.log = Log()
        self.mine: list[str] = []
        self.count = 0

    def run(self) -> None:
        """Work until told to stop; the request under way is finished."""
        while not self.stop.is_set():
            dice = self.random.random()
            if dice < 0.1:
                self._register()
            elif dice < 0.35 and self.mine:
                self._reverse()
            else:
                self._visit()

    def _register(self) -> None:
        number = 100_000 + self.number * 1000 + self.count
        answer = self._ask("register", {"number": number})
        if answer:
            self.people.append(answer["person"])

    def _visit(self) -> None:
        lines = [["A1", self.random.randint(1, 60)], ["B1", self.random.randint(1, 5)]]
        asked = {
            "person": self.random.choice(self.people),
            "setting": self.random.choice(SETTINGS),
            "lines": lines,
        }
        bill = self._ask("bill", asked)
        answer = self._ask("settle", {"bill": bill["bill"]}) if bill else None
        if answer:
            self.mine.append(answer["settlement"])

    def _reverse(self) -> None:
        self._ask("reverse", {"settlement": self.mine.pop(self.random.randrange(len(self.mine)))})

    def _ask(self, verb: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        self.count += 1
        key = f"{verb}-{self.number}-{self.count}"
        self.log.sent.append((verb, key))
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < give_up:
            status, answer = self._send(verb, {**asked, "key": key, "client": self.number})
            if status == 200:
                self.log.acknowledged[key] = (verb, answer)
                return answer
            if status == 409:
                self.log.refused[key] = answer["refused"]
                return None
            self.log.retries += 1
            self.log.last_error = answer.get("error", "server away")
            time.sleep(self.random.uniform(0.02, 0.2))
        self.log.lost.append(f"{key}: {self.log.last_error}")
        return None

    def _send(self, verb: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and answer; 0 when the server went away, which may have been before or after the work was done."""
        link = http.client.HTTPConnection("127.0.0.1", self.random.choice(self.ports), timeout=30)
        try:
            link.request("POST", f"/{verb}", json.dumps(asked), {"Content-Type": "application/json"})
            response = link.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}
        finally:
            link.close()
