"""The pages of registers, made from entries alone."""

import io
from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from python_calamine import CalamineWorkbook

from kangcheng.base.sheets import write_sheet
from kangcheng.work.registers import selectors, services
from kangcheng.work.registers.models import RegisterRow

pytestmark = pytest.mark.django_db
HEADS = [
    "机构",
    "编号",
    "姓名",
    "职责",
    "技能",
    "起",
    "止",
    "学时",
    "补贴",
    "发放日期",
    "已批准",
    "上级岗位",
    "工牌",
]


@pytest.fixture
def officer(system, today):
    """A client of somebody with a role: officer("bureau_officer", institution=...)."""
    from kangcheng.base.accounts.services import create_user, grant_role

    def log_in(role, **where):
        user = create_user(
            login=f"user-{role}", display_name="某人", password="Lotus-Bridge-48", by=system, on=today,
            must_change_password=False,
        )  # fmt: skip
        grant_role(user=user, role=role, by=system, on=today, **where)
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        return client

    return log_in


def grid(answer):
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return book.get_sheet_by_index(0).to_python()


def upload(rows, name="岗位.xlsx", heads=HEADS):
    file = io.BytesIO(write_sheet(rows, heads))
    file.name = name
    return file


def typed(**changes):
    return {"v_clinic": "和平卫生室", "v_number": "1", "v_duty": "cure", "v_since": "2024-01-01"} | changes


def test_a_row_is_written_changed_removed_and_restored(posts, officer):
    client = officer("bureau_officer")
    answer = client.post(
        "/registers/posts/new/", typed(v_holder="张大山", v_hours="30.5", v_skills=["lab", "x-ray"])
    )
    assert answer.status_code == 302
    row = RegisterRow.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert "张大山" in page and "检验" in page and "30.5" in page
    assert "张大山" not in client.get("/registers/posts/").content.decode()
    edit = f"/registers/posts/{row.pk}/edit/"
    assert 'value="30.5"' in client.get(edit).content.decode()
    answer = client.post(edit, typed(v_holder="张大山", v_hours="31", number="1", why="补学时"))
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "补学时" in page and "<del>30.5</del>" in page and "<ins>31.0</ins>" in page
    assert "这是当时的样子" in client.get(f"/registers/posts/{row.pk}/?version=1").content.decode()
    act = f"/registers/posts/{row.pk}/act/"
    assert client.post(act, {"do": "remove", "number": "2", "why": ""}).status_code == 422
    assert client.post(act, {"do": "remove", "number": "2", "why": "重复"}).status_code == 302
    assert "没有符合条件的行" in client.get("/registers/posts/").content.decode()
    assert client.post(act, {"do": "restore", "number": "3", "why": "删错"}).status_code == 302


def test_faults_stand_beside_their_fields(posts, officer):
    client = officer("bureau_officer")
    answer = client.post("/registers/posts/new/", typed(v_hours="401", v_duty=""))
    assert answer.status_code == 422 and "大于上限" in answer.content.decode()
    marks = client.post("/registers/posts/check/", {"v_hours": "-1", "v_pay": "abc"}).content.decode()
    assert 'id="e-hours"' in marks and "小于下限" in marks and "必填" not in marks


def test_two_writers_of_one_column_choose(posts, post, officer, system, today):
    row_id = services.create(register=posts, values=post(), by=system, on=today)
    client = officer("bureau_officer")
    services.change(
        register=posts,
        row_id=row_id,
        number=1,
        values={"hours": Fraction(10), "badge": "X1"},
        by=system,
        on=today,
    )
    edit = f"/registers/posts/{row_id}/edit/"
    answer = client.post(edit, typed(v_hours="20", number="1"))
    assert answer.status_code == 422 and 'name="pick_hours"' in answer.content.decode()
    assert 'name="number" value="2"' in answer.content.decode()
    answer = client.post(
        edit, typed(v_hours="20", v_badge="X1", number="2", pick_hours="theirs", v_until="2025-01-01")
    )
    assert answer.status_code == 302
    values = selectors.get(row_id, system).values
    assert (values["hours"], values["badge"], values["until"]) == (10, "X1", date(2025, 1, 1))


def test_a_sheet_is_tried_taken_corrected_exported_and_undone(posts, officer):
    client = officer("bureau_officer")
    rows = [
        ["和平卫生室", f"A{n}", "张大山", "医疗", "检验、放射", "2024-01-01", "", 24.5, 100, "", "", "", ""]
        for n in range(20)
    ]
    rows[3][3], rows[5][7], rows[7][0], rows[9][1] = "看门", 999, "无此所", "A8"
    answer = client.post("/registers/posts/import/", {"do": "check", "file": upload(rows)})
    text = answer.content.decode()
    assert "看门" in text and "大于上限" in text and "无此所" in text and "已有相同的行" in text
    assert RegisterRow.objects.count() == 0
    answer = client.post("/registers/posts/import/", {"do": "apply", "file": upload(rows)})
    assert RegisterRow.objects.count() == 16
    waiting = answer["Location"]
    assert client.get(waiting).content.decode().count('class="card waiting"') == 4
    batch = UUID(waiting.rstrip("/").rsplit("/", 1)[1])
    for line, fixed in ((5, {"v_duty": "护理"}), (7, {"v_hours": "99"}), (9, {"v_clinic": "和平卫生室"})):
        cells = (
            dict(zip([f"v_{column.id}" for column in posts.columns], map(str, rows[line - 2]), strict=True))
            | fixed
        )
        part = client.post(f"{waiting}{line}/", cells, headers={"HX-Request": "true"}).content.decode()
        assert "已改正并写入" in part
    part = client.post(f"{waiting}11/", {"do": "drop"}, headers={"HX-Request": "true"}).content.decode()
    assert "已放弃" in part and RegisterRow.objects.count() == 19
    sheet = grid(client.get("/registers/posts/?export=xlsx&f_duty=nurse&col=number&col=holder&col=trained"))
    assert sheet[:2] == [["编号", "姓名", "培训达标"], ["A3", "张**", "是"]]
    again = client.post(
        "/registers/posts/import/", {"do": "apply", "file": upload([[*rows[0][:8], 150, *rows[0][9:]]])}
    )
    assert again.status_code == 302 and RegisterRow.objects.get(data__number="A0").data["pay"] == 150_00
    assert client.post(f"/registers/posts/import/{batch}/undo/", {"why": "传错了文件"}).status_code == 302
    assert selectors.page(posts, selectors_all(), selectors_system()).count == 1


def selectors_all():
    from kangcheng.work.registers.types import Asked

    return Asked()


def selectors_system():
    from kangcheng.base.accounts.types import system_actor

    return system_actor("test")


@pytest.mark.parametrize(
    ("rows", "heads", "words"),
    [
        ([["x"]], ["没有这列"], "没有这一列"),
        ([["a", "b"]], ["编号", "编号"], "该列出现两次"),
        ([["1"]], ["编号"], "缺少必填列"),
        ([], HEADS, ""),
    ],
)
def test_sheets_with_other_columns_are_refused_in_words(posts, officer, rows, heads, words):
    answer = officer("bureau_officer").post(
        "/registers/posts/import/", {"do": "apply", "file": upload(rows, heads=heads)}
    )
    assert (
        answer.status_code in (302, 422)
        and words in answer.content.decode()
        and not RegisterRow.objects.exists()
    )


def test_formulas_stay_words(posts, officer):
    client = officer("bureau_officer")
    client.post("/registers/posts/new/", typed(v_number="=cmd|' /C calc'!A0", v_badge="<script>alert(1)//"))
    assert "<script>alert(1)" not in client.get("/registers/posts/?col=badge").content.decode()
    answer = client.get("/registers/posts/?export=xlsx&col=number")
    assert grid(answer)[1] == ["=cmd|' /C calc'!A0"]
    assert b"<f>" not in answer.content


def test_views_are_kept_and_forgotten(posts, officer):
    client = officer("bureau_officer")
    answer = client.post(
        "/registers/posts/view/", {"title": "护理岗", "query": "f_duty=nurse&after=x", "shared": "yes"}
    )
    assert answer["Location"].endswith("?f_duty=nurse")
    page = client.get("/registers/posts/").content.decode()
    assert "护理岗" in page
    view = page.split('name="drop" value="')[1].split('"')[0]
    client.post("/registers/posts/view/", {"drop": view})
    assert "护理岗" not in client.get("/registers/posts/").content.decode()


def test_crafted_requests_end_in_words(posts, post, officer, system, today):
    row_id = services.create(register=posts, values=post(), by=system, on=today)
    client = officer("bureau_officer")
    for path in (
        "/registers/nothing/", "/registers/posts/?sort=holder", "/registers/posts/?after=zzz", "/registers/posts/?f_hours_from=x",
        "/registers/posts/?known=2024-13-99&as_of=x", f"/registers/visits/{row_id}/", "/registers/posts/choices/none/",
        f"/registers/posts/{row_id}/badge/", "/registers/posts/?f_clinic=%00", "/registers/posts/?f_skills=zz&col=zz",
        "/registers/posts/?f_above=zz", f"/registers/posts/{row_id}/?version=zz", "/registers/posts/?print=1",
    ):  # fmt: skip
        assert client.get(path).status_code < 500, path
    for path, data in (
        (f"/registers/posts/{row_id}/edit/", typed(number="x")), (f"/registers/posts/{row_id}/edit/", typed(number="99")),
        (f"/registers/posts/{row_id}/act/", {"do": "x"}), ("/registers/posts/view/", {"drop": "x"}),
        ("/registers/posts/view/", {"title": "x" * 99}), ("/registers/posts/import/", {}), ("/registers/posts/new/", {}),
        (f"/registers/posts/import/{row_id}/1/", {}), (f"/registers/posts/import/{row_id}/undo/", {"why": "x"}),
        ("/registers/posts/check/", {"v_above": "x", "v_since": "1"}),
    ):  # fmt: skip
        assert client.post(path, data).status_code < 500, path


def test_a_clinic_writes_its_own_rows_only(posts, post, places, officer, system, today):
    row_id = services.create(
        register=posts, values=post(clinic=str(places["拉僧庙卫生室"])), by=system, on=today
    )
    client = officer("village_doctor", institution_id=places["和平卫生室"])
    assert client.get(f"/registers/posts/{row_id}/").status_code == 404
    assert client.get(f"/registers/posts/{row_id}/edit/").status_code == 404
    assert "拉僧庙" not in client.get("/registers/posts/choices/clinic/?v_clinic=卫生室").content.decode()
    assert client.post("/registers/posts/new/", typed(v_clinic="拉僧庙卫生室")).status_code == 422
    assert client.post("/registers/posts/new/", typed(v_approved="是")).status_code == 422
    assert client.post("/registers/posts/new/", typed()).status_code == 302


def test_a_new_file_is_a_new_register_and_a_wrong_one_is_shown(ledgers, pack_folder, posts, officer):
    client = officer("bureau_officer")
    text = (pack_folder / "registers" / "visits.yaml").read_text(encoding="utf-8")
    new = text.replace("id: visits", "id: rounds").replace("巡诊记录", "查房记录")
    (pack_folder / "registers" / "rounds.yaml").write_text(new, encoding="utf-8")
    ledgers.again()
    assert "查房记录" in client.get("/registers/").content.decode()
    (pack_folder / "registers" / "rounds.yaml").write_text(
        new.replace("owner: village", "owner: vilage"), encoding="utf-8"
    )
    ledgers.again()
    page = client.get("/registers/").content.decode()
    assert "vilage" in page and "查房记录" in page
