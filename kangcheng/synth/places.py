"""Areas and institutions of the city, made once for all blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from kangcheng.kernel.ids import organisation_check, uscc_check
from kangcheng.synth.draw import Flags, Floats, Ints, Lists, Streams
from kangcheng.synth.params import Params

NOWHERE = -1


@dataclass
class Institutions:
    """Institutions in the order made; positions index them everywhere else."""

    codes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    districts: list[int] = field(default_factory=list)
    designated: list[bool] = field(default_factory=list)
    beds: list[int] = field(default_factory=list)
    staff: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class Places:
    """Villages by position, with the town and district each lies in, and who treats the people there."""

    areas: pa.Table
    institutions: Institutions
    village_codes: list[str]
    village_names: list[str]
    village_town: Ints
    village_district: Ints
    village_rural: Flags
    village_weights: Floats
    by_kind: dict[str, Lists]
    """Where a person may go: `village` by village, `town` and `pharmacy` by town, `district` by district, others one list."""


def make(params: Params, streams: Streams) -> Places:
    """The places of the city; the same for the same parameters and seed."""
    areas, towns, villages = _areas(params)
    institutions = _institutions(params, towns, villages)
    return Places(
        areas=pa.table(
            {
                key: pa.array([row[key] for row in areas], pa.string())
                for key in ("code", "name", "level", "parent")
            }
        ),
        institutions=institutions,
        village_codes=[row["code"] for row in villages],
        village_names=[row["name"] for row in villages],
        village_town=np.array([row["town"] for row in villages]),
        village_district=np.array([row["district"] for row in villages]),
        village_rural=np.array([row["rural"] for row in villages]),
        village_weights=_weights(params, streams("villages"), towns, villages),
        by_kind=_choices(institutions, params, towns, villages),
    )


def _areas(params: Params) -> tuple[list[dict[str, str]], list[dict[str, Any]], list[dict[str, Any]]]:
    province, city, away = params.province, params.city, params.away
    areas = [
        {"code": province.code, "name": province.name, "level": "province", "parent": ""},
        {"code": city.code, "name": city.name, "level": "city", "parent": province.code},
        {"code": away.city, "name": away.city_name, "level": "city", "parent": province.code},
        {"code": away.district, "name": away.district_name, "level": "county", "parent": away.city},
    ]
    towns: list[dict[str, Any]] = []
    villages: list[dict[str, Any]] = []
    for number, district in enumerate(params.districts):
        areas.append({"code": district.code, "name": district.name, "level": "county", "parent": city.code})
        for town in _towns(params, number, len(towns)):
            areas.append({key: town[key] for key in ("code", "name", "level", "parent")})
            mine = _villages(params, town, len(towns))
            areas += [{key: row[key] for key in ("code", "name", "level", "parent")} for row in mine]
            towns.append(town)
            villages += mine
    return areas, towns, villages


def _towns(params: Params, number: int, before: int) -> list[dict[str, Any]]:
    district, words = params.districts[number], params.town_names.split()
    first, kind = (100, "镇") if district.rural else (1, "街道")
    return [
        {
            "code": f"{district.code}{first + index:03d}",
            "name": words[(before + index) % len(words)] + kind,
            "level": "street",
            "parent": district.code,
            "district": number,
            "rural": district.rural,
        }
        for index in range(district.towns)
    ]


def _villages(params: Params, town: dict[str, Any], number: int) -> list[dict[str, Any]]:
    words, district = params.village_names.split(), params.districts[town["district"]]
    step = number * 7  # neighbouring towns do not repeat each other's names
    return [
        {
            "code": f"{town['code']}{200 + index if town['rural'] else 1 + index:03d}",
            "name": words[(step + index) % len(words)] + ("村" if town["rural"] else "社区"),
            "level": "village",
            "parent": town["code"],
            "town": number,
            "district": town["district"],
            "rural": town["rural"],
        }
        for index in range(district.villages)
    ]


def _weights(
    params: Params, rng: np.random.Generator, towns: list[dict[str, Any]], villages: list[dict[str, Any]]
) -> Floats:
    town = np.exp(rng.normal(0, params.town_spread, len(towns)))[[row["town"] for row in villages]]
    weights = town * np.exp(rng.normal(0, params.town_spread, len(villages)))
    district = np.array([row["district"] for row in villages])
    for number, one in enumerate(params.districts):
        mine = district == number
        weights[mine] *= one.weight / weights[mine].sum()
    return weights


def _institutions(
    params: Params, towns: list[dict[str, Any]], villages: list[dict[str, Any]]
) -> Institutions:
    made = Institutions()
    sites: dict[str, list[tuple[str, int, dict[str, str], bool | None]]] = {
        "city": [(params.districts[0].code, 0, {}, None)],
        "away": [(params.away.district, NOWHERE, {}, None)],
        "district": [
            (row.code, number, {"district": row.name}, row.rural)
            for number, row in enumerate(params.districts)
        ],
        "town": [(row["code"], row["district"], {"town": row["name"]}, row["rural"]) for row in towns],
        "village": [
            (
                row["code"],
                row["district"],
                {"village": towns[row["town"]]["name"] + row["name"]},
                row["rural"],
            )
            for row in villages
        ],
    }
    for rule in params.institutions:
        for area, district, words, rural in sites[rule.each]:
            if rule.rural is None or rural is None or rule.rural == rural:
                for number in range(rule.count):
                    name = rule.name.format(city=params.city.name, n="一二三四五六七八九"[number], **words)
                    _add(made, rule, name, area, district)
    return made


def _add(made: Institutions, rule: Params, name: str, area: str, district: int) -> None:
    made.codes.append(make_code(area[:6], len(made) + 1))
    made.names.append(name)
    made.types.append(rule.type)
    made.levels.append(rule.level)
    made.ranks.append(rule.rank)
    made.areas.append(area)
    made.districts.append(district)
    made.designated.append(rule.designated is not False)
    made.beds.append(rule.beds)
    made.staff.append(rule.staff)


def make_code(division: str, number: int) -> str:
    """A unified social credit code (GB 32100) of a public institution in an unassigned division."""
    organisation = f"K{number:07d}"
    body = f"12{division}{organisation}{organisation_check(organisation)}"
    return body + uscc_check(body)


GENERAL = ("general_hospital", "tcm_hospital")
SPECIAL = {"child": "children_hospital", "mental": "mental_hospital"}


def _choices(
    made: Institutions, params: Params, towns: list[dict[str, Any]], villages: list[dict[str, Any]]
) -> dict[str, Lists]:
    def those(*types: str, area: str = "", rank: int | None = None) -> list[int]:
        return [
            place
            for place in range(len(made))
            if made.types[place] in types
            and made.areas[place].startswith(area)
            and rank in (None, made.ranks[place])
            if made.districts[place] != NOWHERE or area
        ]

    city = params.city.code
    districts = [row.code for row in params.districts]
    return {
        "village": Lists(
            [those("village_clinic", "community_station", area=row["code"]) for row in villages]
        ),
        "town": Lists([those("township_hospital", "community_centre", area=row["code"]) for row in towns]),
        "pharmacy": Lists([those("pharmacy", area=row["code"]) for row in towns]),
        "district": Lists(
            [those("county_hospital", "tcm_hospital", area=code, rank=2) for code in districts]
        ),
        "maternity": Lists(
            [
                those("maternal_child_hospital", area=code, rank=2)
                + those("maternal_child_hospital", area=city, rank=3)
                for code in districts
            ]
        ),
        "city": Lists([those(*GENERAL, area=city, rank=3)]),
        "away": Lists([those("general_hospital", area=params.away.district)]),
        **{use: Lists([those(kind, area=city)]) for use, kind in SPECIAL.items()},
    }
