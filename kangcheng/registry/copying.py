"""Many rows into one of our tables by COPY, with the same constraints, and what the database refuses as a readable fault."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import DatabaseError, DataError, IntegrityError, connection, models, transaction
from django.utils import timezone
from psycopg.sql import SQL, Composable, Identifier

from kangcheng.kernel.errors import Fault, Faults, KangchengError

# What a refused constraint means to the person who sent the rows. Those not listed are shown by their name.
MEANING = {
    "resident_identity": ("identity", "身份证号已登记 (identity number registered)", "一个身份证号只登记一人"),
    "resident_life": ("death_on", "死亡日期早于出生日期 (death before birth)", "死亡日期不早于出生日期"),
    "category_no_overlap": ("valid_from", "同一人同一类别的期间重叠 (periods overlap)", "同一类别同一天只有一条"),
    "coverage_no_overlap": ("valid_from", "同一人同一险种的参保期重叠 (periods overlap)", "同一险种同一天只有一条"),
    "membership_one_household": ("valid_from", "该居民此期间已属于另一户 (in another household)", "一人同一时间属于一户"),
    "membership_one_head": ("role", "该户此期间已有户主 (two heads)", "一户同一时间一位户主"),
    "card_one_person": ("number", "该号码此期间已属于另一人 (number in use)", "一个号码同一时间属于一人"),
    "relation_no_overlap": ("valid_from", "同一关系的期间重叠 (periods overlap)", "同一关系同一天只有一条"),
    "relation_of_another": ("holder", "不能登记本人为本人的监护人或代理人 (holder is the person)", "须为另一人"),
    "term_one_at_a_time": ("valid_from", "机构情况的期间重叠 (terms overlap)", "同一天只有一种情况"),
    "designation_no_overlap": ("valid_from", "定点期间重叠 (designations overlap)", "同一险种同一天只有一条"),
    "item_one_version": ("valid_from", "同一编码的期间重叠 (versions overlap)", "同一编码同一天只有一个版本"),
    "hospitalitem_one_version": ("valid_from", "同一院内编码的期间重叠 (versions overlap)", "同一编码同一天只有一个版本"),
    "mapping_one_approved": ("valid_from", "同一院内编码此期间已有对照 (mapped already)", "一个院内编码同一天对照一个国家编码"),
    "mapping_one_proposal": ("hospital_code", "该编码已有待审核的对照 (proposal waiting)", "先审核已有的对照"),
    "mapping_two_people": ("decided_by", "提出人与审核人不得为同一人 (one person twice)", "对照由两人办理"),
    "alias_one_golden": ("person", "该居民已并入另一人 (merged already)", "先撤销原合并"),
    "staff_licence_once": ("licence_number", "该执业证号在本机构的期间重叠 (posts overlap)", "先结束原岗位"),
    "staffhours_one_place": ("hours", "同一执业证号此时间已在另一处出诊 (hours overlap)", "同一医师同一时间只在一处"),
    "staffhours_order": ("hours", "止时须晚于起时，一天之内 (hours out of order)", "0:00 至 24:00"),
    "register_row_once": ("key", "已有相同的行 (same row)", "键相同即同一行"),
    "register_row_one_at_a_time": ("key", "已有相同的行，期间重叠 (same row, periods overlap)", "同一行同一天只有一种情况"),
    "register_view_title": ("title", "已有同名视图 (view of that name)", "换一个名称"),
    "import_file_once": ("file", "该文件已导入 (file imported already)", "先撤销原批次，或换新文件"),
}  # fmt: skip


class Refused(KangchengError):
    """The database refused the rows: a rule of the table is broken."""


def copy_in(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY `rows` (values in the order of `columns`; `created_at` is added) into the table of `model`; returns how many.

    Run inside a transaction. Sealed columns get sealed bytes. Raises IntegrityError as an INSERT would.
    """
    fields = {field.name: field for field in model._meta.concrete_fields}
    columns_of: list[Composable] = [Identifier(str(fields[name].column)) for name in (*columns, "created_at")]
    now, count = timezone.now(), 0
    statement = SQL("COPY {} ({}) FROM STDIN").format(
        Identifier(model._meta.db_table), SQL(", ").join(columns_of)
    )
    with connection.cursor() as cursor, _as_django_error(), cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row((*row, now))
            count += 1
    return count


@contextmanager
def refusing(where: str = "") -> Iterator[None]:
    """Run a write in a savepoint; a broken constraint comes out as Faults with the words of `MEANING`."""
    try:
        with transaction.atomic():
            yield
            connection.check_constraints()  # foreign keys are deferred to the commit: ask now, while we can explain
    except (IntegrityError, DataError) as error:
        raise Faults([fault_of(error)], where=where, todo="改正后重试；本次未写入任何内容") from error


def fault_of(error: DatabaseError) -> Fault:
    """What a refused constraint or value means."""
    if isinstance(error, DataError):
        return Fault(
            "text", "内容过长或含不能保存的字符 (too long, or not storable)", str(error).split("\n")[0]
        )
    diagnosis = getattr(error.__cause__ or error, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    if name in MEANING:
        column, what, rule = MEANING[name]
        return Fault(column, what, rule)
    column = getattr(diagnosis, "column_name", None) or ""
    if "fk" in name or "fkey" in name:
        return Fault(column or name, "引用的对象不存在 (refers to nothing)", name, "先登记被引用的对象")
    return Fault(column or name, "违反数据库约束 (constraint broken)", name or str(error).split("\n")[0])


@contextmanager
def _as_django_error() -> Iterator[None]:
    """psycopg's errors inside `copy` pass Django by; give them the same classes as everywhere else."""
    try:
        yield
    except psycopg.IntegrityError as error:
        raise IntegrityError(*error.args) from error
    except psycopg.DataError as error:
        raise DataError(*error.args) from error
