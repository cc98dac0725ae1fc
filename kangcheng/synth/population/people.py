"""One block of people, ordered by household: ids, names, numbers, homes. Everything else is drawn for these rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kangcheng.synth.columns import (
    Bytes,
    anniversary,
    calendar,
    chosen,
    digits,
    fixed,
    identity_numbers,
    numbered,
    text,
)
from kangcheng.synth.draw import Flags, Ints, Streams, pick, ranks
from kangcheng.synth.params import Params
from kangcheng.synth.places import Places
from kangcheng.synth.population import families, names
from kangcheng.synth.population.families import ADULT, ELDER, NOBODY

BLOCK = 4096
"""People of a block. Part of what a seed means: another size is another city."""
ROLES = ("head", "spouse", "child", "parent", "grandchild", "other")
SLOTS, PAGE = 5, 99
"""Of the 499 sequence numbers of a sex on a day a block owns five; after 99 blocks the next synthetic city code begins."""
PHONES, STEP = 10**8, 61_803_399
"""A number that shares no factor with the count of phone numbers visits each of them once."""
CARRIES_PHONE = 12
NAMED_AFTER = 0.75
COUNTRY_OLD = 1.3
"""How much likelier a household with an old head lives in the country."""


@dataclass
class People:
    """Arrays by person, in the block's final order. Days are numbers since 1970."""

    first: int
    """Number of the first person in the whole city."""
    male: Flags
    born: Ints
    died: Ints
    age: Ints
    spouse: Ints
    mother: Ints
    twin: Ints
    home: Ints
    """Position of the first member of the household."""
    size: Ints
    role: Ints
    village: Ints
    rural: Flags
    district: Ints
    names: pa.Array
    identity: Bytes
    unnumbered: Flags
    """Registered without an identity number."""
    phone: Bytes

    def __len__(self) -> int:
        return len(self.born)

    def ids(self, rows: Ints | None = None) -> pa.Array:
        """P000000001 ..."""
        return numbered("P", self.first + (np.arange(len(self)) if rows is None else rows))

    def household_ids(self, rows: Ints | None = None) -> pa.Array:
        """H with the number of its first member."""
        return numbered("H", self.first + (self.home if rows is None else self.home[rows]))


def make(params: Params, places: Places, streams: Streams, first: int, count: int) -> People:
    """The people of the block that begins with person number `first` (from 1)."""
    drawn = families.make(params, streams, count)
    died = families.dies(params, streams, drawn)
    order, role = _order(drawn)
    place = np.empty(count, dtype=np.int64)
    place[order] = np.arange(count)

    def moved(links: Ints) -> Ints:
        return np.where(links[order] >= 0, place[links[order]], NOBODY)

    host = place[drawn.host[order]]
    starts = np.flatnonzero(np.r_[True, host[1:] != host[:-1]])
    sizes = np.diff(np.r_[starts, count])
    village = _villages(places, streams, drawn.age[order], starts, sizes)
    male, born, twin = drawn.male[order], drawn.born[order], moved(drawn.twin)
    home = np.repeat(starts, sizes)
    surname = _surnames(streams("surnames"), drawn, order, place)
    given_name = names.given_names(params, streams("given"), calendar(born)[0], male, twin)
    owner = np.where(drawn.age[order] >= CARRIES_PHONE, np.arange(count), home)
    return People(
        first=first,
        male=male,
        born=born,
        died=died[order],
        age=drawn.age[order],
        spouse=moved(drawn.spouse),
        mother=moved(drawn.mother),
        twin=twin,
        home=home,
        size=np.repeat(sizes, sizes),
        role=role[order],
        village=village,
        rural=places.village_rural[village],
        district=places.village_district[village],
        names=names.full(surname, given_name),
        identity=_identity(params, first // BLOCK, places.village_district[village], born, male),
        unnumbered=np.zeros(count, dtype=bool),
        phone=fixed([params.phone_prefix, digits((first + owner) * STEP % PHONES, 8)], count),
    )


def _order(drawn: families.Families) -> tuple[Ints, Ints]:
    """Positions household by household, head first; and everybody's role."""
    everybody = np.arange(len(drawn.age))
    host = drawn.host
    heads = host == everybody
    married_to_head = (drawn.spouse >= 0) & (drawn.spouse == host)
    parents = {"mother": drawn.mother, "father": drawn.father}
    child = np.zeros(len(host), dtype=bool)
    for links in parents.values():
        child |= (links >= 0) & ((links == host) | ((drawn.spouse[links] == host) & (links >= 0)))
    older = drawn.age >= ELDER
    young = ~heads & ~child & (drawn.age < ADULT)
    role = np.full(len(host), ROLES.index("other"))
    role[young] = ROLES.index("grandchild")
    role[older & ~heads] = ROLES.index("parent")
    role[child] = ROLES.index("child")
    role[married_to_head] = ROLES.index("spouse")
    role[heads] = ROLES.index("head")
    return np.lexsort((everybody, drawn.born, role, host)), role


def _villages(places: Places, streams: Streams, age: Ints, starts: Ints, sizes: Ints) -> Ints:
    """A village for each household; those with old heads live more in the country."""
    rng = streams("villages")
    country = np.where(places.village_rural, COUNTRY_OLD, 1.0) * places.village_weights
    usual = pick(rng, places.village_weights, len(starts))
    older = pick(rng, country, len(starts))
    return np.repeat(np.where(age[starts] >= ELDER, older, usual), sizes)


def _surnames(rng: np.random.Generator, drawn: families.Families, order: Ints, place: Ints) -> Ints:
    """Children take their father's name; an old man who lives with a son's family gave it to him, mostly."""
    surname = names.surname_index(rng, len(order))
    host = drawn.host
    lives_with_son = (drawn.age >= ELDER) & (host != np.arange(len(host))) & drawn.male
    passes_on = lives_with_son & (rng.random(len(order)) < NAMED_AFTER)
    surname = np.where(passes_on, surname[host], surname)
    surname = np.where(drawn.father >= 0, surname[drawn.father], surname)
    return surname[order]


def _identity(params: Params, block: int, district: Ints, born: Ints, male: Flags) -> Bytes:
    """Numbers nobody else in any block carries. See SLOTS and PAGE; what a day overflows goes to further districts."""
    first_city = int(params.city.code)
    key = (born * 2 + male) * 100 + district
    order = np.lexsort((np.arange(len(key)), key))
    nth = np.empty(len(key), dtype=np.int64)
    nth[order] = ranks(key[order])
    page, slot = divmod(block, PAGE)
    seat = slot * SLOTS + nth % SLOTS
    sequence = 2 * seat + np.where(male, 1, 2)
    code = (first_city + page) * 100 + district + 1 + 20 * (nth // SLOTS)
    return identity_numbers(code, born, sequence)


def table(people: People, places: Places) -> pa.Table:
    """The rows of `people`, as the registry would first hold them."""
    count = len(people)
    codes = pa.array(places.village_codes, pa.string())
    return pa.table(
        {
            "person": people.ids(),
            "name": people.names,
            "sex": chosen(["F", "M"], people.male.astype(np.int64)),
            "birth_on": _days(people.born),
            "died_on": _days(people.died, people.died < 0),
            "identity_number": text(people.identity, people.unnumbered),
            "phone": text(people.phone),
            "household": people.household_ids(),
            "role": chosen(ROLES, people.role),
            "mother": _linked(people, people.mother),
            "spouse": _linked(people, people.spouse),
            "area_code": codes.take(pa.array(people.village)),
            "address": _addresses(people, places, count),
        }
    )


def _days(values: Ints, missing: Flags | None = None) -> pa.Array:
    return pa.array(values.astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())


def _linked(people: People, links: Ints) -> pa.Array:
    return pc.if_else(pa.array(links >= 0), people.ids(links), pa.scalar(None, pa.string()))


def _addresses(people: People, places: Places, count: int) -> pa.Array:
    number = numbered("", people.home % 997 + 1, 3)
    return pc.binary_join_element_wise(
        chosen(places.village_names, people.village), pc.utf8_ltrim(number, "0"), "号", ""
    )


def households(people: People, places: Places) -> pa.Table:
    """One row a household."""
    heads = np.flatnonzero(people.home == np.arange(len(people)))
    return pa.table(
        {
            "household": people.household_ids(heads),
            "head": people.ids(heads),
            "area_code": chosen(places.village_codes, people.village[heads]),
            "members": pa.array(people.size[heads]),
        }
    )


def cards(params: Params, people: People) -> pa.Table:
    """Social security card and insurance e-voucher of everybody; a second registration carries the first one's telephone only."""
    every = np.arange(len(people))
    number = (people.first + every) * STEP % PHONES
    card = fixed(["K", params.card_prefix, digits(number, 8)], len(people))
    voucher = fixed(
        ["E", params.card_prefix, digits(number, 8), digits(people.first + every, 9)], len(people)
    )
    return pa.concat_tables(
        [
            pa.table(
                {
                    "person": people.ids(),
                    "kind": pa.array([kind] * len(people), pa.string()),
                    "number": text(rows),
                    "valid_from": _days(people.born),
                }
            )
            for kind, rows in (("social_card", card), ("evoucher", voucher))
        ]
    )


def guardians(people: People) -> pa.Table:
    """Mothers and fathers as guardians of their children, until they are grown."""
    parents = [people.mother, np.where(people.mother >= 0, people.spouse[people.mother], NOBODY)]
    rows = [np.flatnonzero((people.age < ADULT) & (links >= 0)) for links in parents]
    child = np.concatenate(rows)
    holder = np.concatenate([links[mine] for links, mine in zip(parents, rows, strict=True)])
    return pa.table(
        {
            "person": people.ids(child),
            "holder": people.ids(holder),
            "valid_from": _days(people.born[child]),
            "valid_to": _days(anniversary(people.born[child], ADULT)),
        }
    )
