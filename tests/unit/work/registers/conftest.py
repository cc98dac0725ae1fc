"""A small pack with registers of its own, and areas and institutions to keep them in."""

from datetime import date
from typing import Any

import pytest

from kangcheng.work.registers import source

PACK = """title: 台账试验市
jurisdiction: 台账试验市
extends: []
version: 1
maintainers: [测试]
"""
POSTS = """
kind: register
id: posts
title: 岗位台账
title_en: Posts
module: REG
source: 测试
owner: clinic
key: [clinic, number]
label: [number, duty]
valid: {from: since, to: until}
keep_years: "10"
fields:
  - {id: clinic, title: 机构, type: institution, required: "yes", filter: "yes"}
  - {id: number, title: 编号, title_en: Number, type: text, required: "yes", longest: "20"}
  - {id: holder, title: 姓名, type: text, personal: "yes", longest: "30"}
  - {id: duty, title: 职责, type: code, choices: {cure: 医疗, nurse: 护理, care: 公共卫生}, required: "yes", filter: "yes"}
  - {id: skills, title: 技能, type: code, several: "yes", choices: {x-ray: 放射, lab: 检验}, filter: "yes"}
  - {id: since, title: 起, type: date, required: "yes", filter: "yes"}
  - {id: until, title: 止, type: date}
  - {id: hours, title: 学时, type: number, decimals: "1", least: "0", most: "400", filter: "yes"}
  - {id: pay, title: 补贴, type: money, filter: "yes"}
  - {id: paid_on, title: 发放日期, type: date}
  - {id: approved, title: 已批准, type: flag, filter: "yes", write: [bureau_leader]}
  - {id: above, title: 上级岗位, type: reference, register: posts}
  - {id: badge, title: 工牌, type: text, unique: "yes", longest: "20"}
derived:
  - {id: trained, title: 培训达标, type: flag, formula: "hours >= 24.5"}
  - {id: left_days, title: 剩余天数, type: number, formula: "until - today"}
  - {id: yearly, title: 全年补贴, type: money, formula: "pay * 12"}
  - {id: renew_on, title: 应续聘日, type: date, formula: "add_months(since, 36)"}
rules:
  - {must: "pay <= 2000 or approved", say: 超过两千元须批准}
payable: {amount: pay, payee: clinic, on: paid_on, if: {approved: "yes"}}
"""
VISITS = """
kind: register
id: visits
title: 巡诊记录
module: CAR
source: 测试
owner: village
key: [village, day]
when: day
closes: "10"
fields:
  - {id: village, title: 村, type: area, level: township, required: "yes", filter: "yes"}
  - {id: day, title: 日期, type: date, required: "yes", filter: "yes"}
  - {id: served, title: 服务人次, type: number, required: "yes"}
  - {id: note, title: 备注, type: text}
"""
AREAS = {
    "15": "内蒙古自治区", "1503": "乌海市", "150302": "海勃湾区", "150302001": "凤凰岭街道",
    "150302001002": "和平社区居委会", "150303": "海南区", "150303100": "拉僧庙镇", "150303100201": "拉僧庙村",
}  # fmt: skip


@pytest.fixture
def pack_folder(tmp_path: Any) -> Any:
    """The folder of the pack "ledgers"; a register is added by writing a file into it."""
    folder = tmp_path / "packs" / "ledgers"
    (folder / "registers").mkdir(parents=True)
    (folder / "pack.yaml").write_text(PACK, encoding="utf-8")
    (folder / "registers" / "posts.yaml").write_text(POSTS.lstrip(), encoding="utf-8")
    (folder / "registers" / "visits.yaml").write_text(VISITS.lstrip(), encoding="utf-8")
    return folder


@pytest.fixture
def ledgers(pack_folder: Any) -> Any:
    """The source of the tests in place of the city's pack."""
    made = source.Source("ledgers", pack_folder.parent)
    before = source.use(made)
    yield made
    source.use(before)


@pytest.fixture
def places(db: Any, system: Any, today: date) -> dict[str, Any]:
    """Two clinics in two districts."""
    from kangcheng.kernel.ids import organisation_check, uscc_check
    from kangcheng.registry import vocabulary
    from kangcheng.registry.areas.models import Area
    from kangcheng.registry.areas.types import LEVELS, parent_of
    from kangcheng.registry.institutions import services
    from kangcheng.registry.institutions.types import NewInstitution

    lists = {vocabulary.INSTITUTION_TYPES: {"village_clinic": "村卫生室"}, vocabulary.LEVELS: {}}
    before = vocabulary.use(lambda name, on: lists[name])
    Area.objects.bulk_create(
        Area(code=code, name=name, level=LEVELS[len(code)], parent_code=parent_of(code))
        for code, name in AREAS.items()
    )
    found = {}
    for place, (name, area) in enumerate((("和平卫生室", "150302001002"), ("拉僧庙卫生室", "150303100201"))):
        body = f"12990000{f'0000000{place}'}{organisation_check(f'0000000{place}')}"
        found[name] = services.register(
            new=NewInstitution(
                code=body + uscc_check(body), name=name, type="village_clinic", ownership="public", area_code=area,
                valid_from=date(2010, 1, 1),
            ),
            by=system, on=today,
        )  # fmt: skip
    vocabulary.use(before)
    return found


@pytest.fixture
def posts(ledgers: Any, places: Any) -> Any:
    """The register of posts."""
    return ledgers.registers()["posts"]


@pytest.fixture
def visits(ledgers: Any, places: Any) -> Any:
    """The register of rounds."""
    return ledgers.registers()["visits"]


@pytest.fixture
def post(posts: Any, places: Any) -> Any:
    """Values of a good row of `posts`, changed as asked: post(number="2")."""

    def make(**changes: Any) -> dict[str, Any]:
        row = {"clinic": str(places["和平卫生室"]), "number": "1", "duty": "cure", "since": date(2024, 1, 1)}
        return {column.id: None for column in posts.columns} | row | changes

    return make
