"""Which stack a claim goes through; what becomes of later claims when one is taken back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kangcheng.funds.engine import parse, reference
from kangcheng.funds.engine.choose import Chooser
from kangcheng.funds.engine.facts import Claim
from kangcheng.kernel.errors import Faults
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack

CITY = {
    "pack.yaml": "title: 甲市\njurisdiction: 甲市\nextends: [land]\nversion: 1\nmaintainers: [x]\n",
    "funds/city-inpatient.yaml": """
kind: stack
id: city-inpatient
title: 甲市住院
status: assumed
source: 测试
scheme: resident
setting: inpatient
extends: inpatient
replace: {pool: {benefit: {payer: pool, rate: {param: share}}}}
insert: [{after: pool, id: aid, benefit: {payer: aid, base: [copay], rate: "50%"}}]
""",
    "funds/poor.yaml": """
kind: stack
id: poor
title: 困难
status: assumed
source: 测试
scheme: resident
setting: inpatient
when: {categories: [{codelist: poor-categories}]}
extends: city-inpatient
remove: [aid]
""",
    "funds/share.yaml": """
kind: parameter
id: share
title: 比例
unit: "%"
values: [{from: 2024-01-01, value: "60", status: assumed, note: 测试}, {from: 2025-01-01, value: "70", status: assumed, note: 测试}]
""",
    "funds/poor-categories.yaml": """
kind: codelist
id: poor-categories
title: 困难类别
source: 测试
versions: [{from: 2000-01-01, codes: [{code: 低保, title: 低保}]}]
""",
}
LAND = {
    "pack.yaml": "title: 全省\njurisdiction: 全省\nextends: []\nversion: 1\nmaintainers: [x]\n",
    "funds/inpatient.yaml": """
kind: stack
id: inpatient
title: 住院
status: assumed
source: 测试
scheme: resident
setting: inpatient
order: [{id: pool, benefit: {payer: pool, rate: "50%"}}]
""",
    "funds/any-outpatient.yaml": """
kind: stack
id: any-outpatient
title: 门诊
status: assumed
source: 测试
setting: outpatient
order: [{id: pool, benefit: {payer: pool, rate: "10%"}}]
""",
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    root = tmp_path_factory.mktemp("packs")
    for name, files in (("city", CITY), ("land", LAND)):
        for file, text in files.items():
            place = root / name / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text.lstrip(), encoding="utf-8")
    return load_pack("city", Path(root))


def claim(**more: Any) -> Claim:
    return parse.claim({"id": "1", "person": "P", "on": "2024-05-01", "in_scope": "100", **more})


@pytest.mark.parametrize(
    ("more", "stack"),
    [
        ({"scheme": "resident", "setting": "inpatient"}, "city-inpatient"),
        ({"scheme": "resident", "setting": "inpatient", "categories": ["低保"]}, "poor"),
        ({"scheme": "employee", "setting": "outpatient"}, "any-outpatient"),
        ({"setting": "outpatient"}, "any-outpatient"),
    ],
)
def test_the_most_particular_stack_that_fits(city: Pack, more: dict[str, Any], stack: str) -> None:
    assert Chooser(city).stack_for(claim(**more)).id == stack


def test_no_stack_and_named_stack(city: Pack) -> None:
    with pytest.raises(Faults, match="没有叠层适用于险种 'employee'"):
        Chooser(city).stack_for(claim(scheme="employee", setting="inpatient"))
    assert Chooser(city, stack_id="inpatient").stack_for(claim()).id == "inpatient"


def test_parameters_are_those_of_the_claims_day(city: Pack) -> None:
    """A stack that changes another keeps its positions; its parameter moves with the date."""
    chooser = Chooser(city)
    bodies = [
        claim(scheme="resident", setting="inpatient", on=day, id=day) for day in ("2024-05-01", "2025-05-01")
    ]
    results, _ = reference.run(chooser.stack_for, bodies)
    assert [result.payers for result in results] == [{"pool": 6000, "aid": 2000}, {"pool": 7000, "aid": 1500}]
    poor = chooser.stack_for(claim(scheme="resident", setting="inpatient", categories=["低保"]))
    assert [position.id for position in poor.order] == ["pool"]
    assert poor.release == city.release_hash


def test_two_stacks_that_fit_alike(city: Pack) -> None:
    """Neither is taken: the claim is refused and both are named."""
    entry = city.entries["stack", "any-outpatient"]
    twin = replace(entry, id="other-outpatient")
    both = replace(city, versions={**city.versions, twin.key: (twin,)})
    with pytest.raises(Faults, match="any-outpatient, any-outpatient"):
        Chooser(both).stack_for(claim(setting="outpatient"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"extends": "nothing"}, "no such entry"),
        ({"extends": "loop"}, "继承成环"),
        ({"replace": {"pol": {"benefit": {"payer": "p", "rate": "1"}}}}, "没有位置 'pol'"),
        ({"replace": {"pool": "x"}}, "应为一个位置"),
        ({"insert": [{"benefit": {"payer": "p", "rate": "1"}}]}, "写明 after 或 before"),
        ({"insert": [{"after": "pool", "id": "b", "benefit": "nothing"}]}, "no such entry"),
        ({"remove": ["pool"]}, "没有位置"),
    ],
)
def test_changes_to_another_stack(city: Pack, changes: dict[str, Any], words: str) -> None:
    class Looping:
        """The pack, with a stack that extends itself."""

        def get(self, kind: str, id_: str) -> Any:
            return {"id": "loop", "extends": "loop"} if id_ == "loop" else city.at(claim().on).get(kind, id_)

    with pytest.raises(Faults, match=words):
        parse.stack({"id": "x", "extends": "inpatient", **changes}, Looping())  # type: ignore[arg-type]


def test_references_that_do_not_fit(city: Pack) -> None:
    pack_at = city.at(claim().on)
    with pytest.raises(Faults, match="does not fit"):
        parse.benefit({"payer": "p", "fixed": {"param": "share"}}, pack_at)
    with pytest.raises(Faults, match="no such entry"):
        parse.benefit({"payer": "p", "rate": {"param": "shar"}}, pack_at)
    with pytest.raises(Faults, match="no such entry"):
        parse.benefit({"payer": "p", "rate": "1", "when": {"disease": {"codelist": "x"}}}, pack_at)
    assert parse.entitlement({"source": "s", "no_deposit": "yes"}, pack_at).no_deposit


YEARLY = {"id": "y", "payer": "pool", "deductible": {"amount": "1000", "per": "year"}, "rate": "50%"}


def test_taking_one_back_lists_what_the_later_ones_become() -> None:
    """The deductible the first claim had taken falls on the second; the third is as it was."""
    stack = parse.settleable(YEARLY)
    claims = parse.claims_of(
        [{"id": f"c{n}", "person": "P", "on": f"2024-0{n}-01", "in_scope": "1500"} for n in (1, 2, 3)]
    )
    differences = reference.resettle(lambda _: stack, claims, claims[1:])
    assert [
        (one.claim, one.was and one.was.payers["pool"], one.now and one.now.payers["pool"])
        for one in differences
    ] == [
        ("c1", 25000, None),
        ("c2", 75000, 25000),
    ]


def test_a_changed_and_a_new_claim() -> None:
    stack = parse.settleable(YEARLY)
    claims = parse.claims_of(
        [{"id": f"c{n}", "person": "P", "on": f"2024-0{n}-01", "in_scope": "1500"} for n in (1, 2)]
    )
    changed = replace(claims[0], in_scope=60000)
    new = replace(claims[1], id="c0", on=claims[1].on.replace(month=3))
    differences = reference.resettle(lambda _: stack, claims, [changed, claims[1], new], explain=True)
    assert [(one.claim, one.now and one.now.payers["pool"]) for one in differences] == [
        ("c1", 0),
        ("c2", 55000),
        ("c0", 75000),
    ]
    assert differences[0].now
    assert differences[0].now.reasons
