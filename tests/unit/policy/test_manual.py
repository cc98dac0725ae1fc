"""The rule book is printed from the packs, and the committed one is the one that would be printed."""

from pathlib import Path

from kangcheng.policy import grammar, kinds, manual
from kangcheng.policy.pack import Pack
from kangcheng.policy.store import PACKS

DOCS = Path(__file__).resolve().parents[3] / "docs"


def printed(bench) -> str:
    pack: Pack = bench.load()
    return manual.pack_page(pack)


def test_an_entry_is_printed_with_its_values_cases_and_clause(bench):
    bench.parameter(
        more="title_en: Premium\nnote: 每年定\nstatus: assumed\nfrom: 2021-01-01\n",
        cases="cases: [{name: 首日, on: 2021-01-01, expect: '300', because: 照文}]\n",
    )
    page = printed(bench)
    for words in (
        "# 试验包",
        "| `plan-2021` 试验文件 | 试验局 | 3 |",
        "### 筹资标准",
        "`premium` · `packs/city/funds/premium.yaml` · 2021-01-01.. · **assumed**",
        "Premium",
        "每年定",
        "| 2021-01-01.. | 300.00 CNY/person/year | assumed | plan-2021#S-1 |",
        "> 每人每年300元 —— plan-2021#S-1",
        "- 首日：照文",
    ):
        assert words in page


def test_lists_levels_and_other_kinds(bench):
    bench.write(
        "city/level.yaml",
        "kind: tiers\nid: level\ntitle: 级\nlevels: [{id: 一, title: 甲}, {id: 二, title: 乙}]\n",
    )
    bench.write(
        "city/codes.yaml",
        "kind: codelist\nid: codes\ntitle: 表\nversions: [{from: 2021-01-01, codes: [{code: a|b, title: 甲}]}]\n",
    )
    long = ", ".join(
        f"{{id: step-{n}, title: 很长的一步名称, tasks: [{{id: sub-{n}, title: 下级任务}}]}}"
        for n in range(3)
    )
    bench.write("city/plan.yaml", f"kind: plan\nid: plan\ntitle: 规划\ngoals: [{long}]\n")
    page = printed(bench)
    assert "一 甲 → 二 乙" in page
    assert "| 2021-01-01 | `a\\|b` | 甲 |" in page
    assert "goals:\n  - {id: step-0" in page


def test_overriding_is_shown(bench):
    bench.parameter()
    bench.pack("county", "city")
    bench.parameter(pack="county")
    page = manual.pack_page(bench.load("county"))
    assert "取代 (overrides): city" in page and "(extends): city" in page
    assert "试验文件" not in page


def test_every_key_of_every_kind_is_printed():
    page = grammar.kinds_page(kinds.known())
    for kind in kinds.known().values():
        assert f"## {kind.name} " in page
        assert all(f"| `{key}` |" in page for key in kind.fields)
    assert "其他键" in page and "须写且只写其一" in page and "至多写一个" in page


def test_the_committed_pages_are_not_stale():
    stale = [
        name
        for name, wanted in manual.pages(PACKS, kinds.known()).items()
        if not (DOCS / name).is_file() or (DOCS / name).read_text("utf-8") != wanted
    ]
    assert stale == [], "过期：运行 kangcheng packs docs"


def test_every_form_of_a_value_is_printed_once():
    page = grammar.kinds_page(kinds.known())
    for key in ("value", "param", "by", "rows", "otherwise", "choose", "fact", "linear", "sum", "most"):
        assert f" `{key}` |" in page.split("### benefit: 金额 money")[1].split("###")[0]
    assert "直接写 (plain): 金额，元 (money, yuan)" in page
    heads = [line for line in page.splitlines() if line.startswith("### ")]
    assert len(heads) == len(set(heads))
    assert "| `refused` |" in page.split("### process: 一步 step")[1].split("###")[0]
    assert "别处已列的写法 (printed above): 条件 condition (benefit)" in page
