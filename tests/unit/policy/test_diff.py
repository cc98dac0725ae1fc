"""What one pack says differently from another."""

from kangcheng.policy.diff import diff


def changes(bench, one: str, two: str) -> list[str]:
    """Differences of an entry written in two packs."""
    for name, text in (("one", one), ("two", two)):
        bench.pack(name, "city")
        bench.write(f"{name}/x.yaml", text)
    (found,) = diff(bench.load("one"), bench.load("two"))
    return [str(change) for change in found.changes]


VALUE = "  - {{from: {}, value: '{}', clause: plan-2021#S-1}}\n"
HEAD = "kind: parameter\nid: x\ntitle: {}\nunit: CNY\nvalues:\n"


def test_values_are_compared_by_their_first_day(bench):
    one = HEAD.format("甲") + VALUE.format("2021-01-01", 300)
    two = HEAD.format("乙") + VALUE.format("2020-01-01", 200) + VALUE.format("2021-01-01", 320) + "note: 新\n"
    assert changes(bench, one, two) == [
        "~ title: 甲 → 乙",
        "~ values[from=2021-01-01].value: 300 → 320",
        "+ values[from=2020-01-01]: {from: 2020-01-01, value: 200, clause: plan-2021#S-1}",
        "+ note: 新",
    ]


LIST = "kind: tiers\nid: x\ntitle: 级\nlevels: [{}]\n"


def test_a_changed_order_is_a_change(bench):
    one = LIST.format("{id: a, title: 甲}, {id: b, title: 乙}")
    two = LIST.format("{id: b, title: 乙}, {id: a, title: 甲}")
    assert changes(bench, one, two) == ["~ levels[次序 order]: id=a id=b → id=b id=a"]


def test_rows_without_names_are_compared_in_order(bench):
    head = "kind: indicator\nid: x\ntitle: 数\nunit: CNY\nclause: plan-2021#S-1\n"
    head += "measure: {{table: t, sum: fen, where: {{kind: {}}}}}\n"
    assert changes(bench, head.format("[a, b]"), head.format("[a, c, d]")) == [
        "~ measure.where.kind[2]: b → c",
        "+ measure.where.kind[3]: d",
    ]
    assert changes(bench, head.format("[a, b]"), head.format("a")) == ["~ measure.where.kind: [a, b] → a"]
    assert changes(bench, head.format("[a, b]"), head.format("[a]")) == ["- measure.where.kind[2]: b"]


def test_an_empty_list_gains_rows(bench):
    head = "kind: calendar\nid: x\ntitle: 历\ncovers_from: 2021-01-01\ncovers_to: 2021-12-31\nholidays: []\nworkdays: {}\n"
    assert changes(bench, head.format("[]"), head.format("[2021-05-08]")) == ["+ workdays[1]: 2021-05-08"]


def test_entries_come_and_go(bench):
    bench.pack("one", "city")
    bench.pack("two", "city")
    bench.parameter("old", pack="one")
    bench.parameter("new", pack="two")
    found = diff(bench.load("one"), bench.load("two"))
    assert [(entry.state, entry.id, entry.changes) for entry in found] == [
        ("removed", "old", ()),
        ("added", "new", ()),
    ]
    assert diff(bench.load("one"), bench.load("one")) == []


def test_more_versions_are_a_change(bench):
    for name in ("one", "two"):
        bench.pack(name, "city")
        bench.parameter("x", pack=name, more="to: 2021-12-31\n")
    bench.write("two/x.2.yaml", HEAD.format("乙") + VALUE.format("2022-01-01", 1) + "from: 2022-01-01\n")
    (found,) = diff(bench.load("one"), bench.load("two"))
    assert found.state == "changed" and found.changes[0].path == ""
