"""The first page of each role: the day's work, overdue first. Every tile is a question of a lower module."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib import import_module

from django.http import HttpResponse
from django.shortcuts import render

from kangcheng.base.accounts.types import Actor
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.words import Words


@dataclass(frozen=True)
class Tile:
    """One figure of the day that opens its list: `tone` bad for alarms and overdue, warn for due and returned."""

    title: Words
    figure: str
    url: str
    tone: str = ""
    hint: Words | str = ""
    order: int = 50


@page()
def home(request: Asking) -> HttpResponse:
    """Today's tiles of every area that has something for this actor, alarms first."""
    tiles = sorted(
        _tiles(request.actor, request.today),
        key=lambda tile: ({"bad": 0, "warn": 1}.get(tile.tone, 2), tile.order),
    )
    return render(request, "portal/home.html", {"tiles": tiles, "now": request.today})


def _tiles(actor: Actor, today: date) -> Iterable[Tile]:
    from kangcheng.portal.urls import AREAS

    for area in AREAS:
        today_module = import_module(f"kangcheng.portal.{area}.today")
        yield from today_module.tiles(actor, today)
