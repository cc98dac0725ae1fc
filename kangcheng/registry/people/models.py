"""Tables of people: one golden row per resident, where it came from, and which rows were found to be one person."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary
from django.db import models
from django.db.models import Func, Q

from kangcheng.base.models import Base, SealedTextField
from kangcheng.base.rotation import Blind
from kangcheng.kernel.ids import mask_identity
from kangcheng.registry.history import tracked

IDENTITY = "identity-number"  # purposes of sealing and of blind indexes
IDENTITY_MASKED = "identity-masked"
PHONE = "phone"
ADDRESS = "address"


class TimeRange(Func):
    """SQL tstzrange(from, to, '[)')."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


@tracked
class Resident(Base):
    """One person. Identity number, phone and address are sealed; the number is found by its blind index."""

    personal: ClassVar[set[str]] = {
        "name", "name_pinyin", "name_initials", "sex", "birth_on", "death_on", "ethnicity", "identity",
        "identity_index", "identity_masked_index", "phone", "phone_index", "address", "area_code",
        "registered_area_code", "left_on", "left_why",
    }  # fmt: skip
    plain: ClassVar[set[str]] = {"source", "batch_id"}
    blind: ClassVar[dict[str, Blind]] = {
        "identity_index": Blind("identity", IDENTITY),
        "identity_masked_index": Blind("identity", IDENTITY_MASKED, mask_identity),
        "phone_index": Blind("phone", PHONE),
    }

    name = models.CharField("姓名", max_length=64)
    name_pinyin = models.CharField("拼音", max_length=200)  # "zhang xiaoming": sorts and finds
    name_initials = models.CharField("拼音首字母", max_length=64)
    sex = models.CharField("性别", max_length=1)
    birth_on = models.DateField("出生日期")
    death_on = models.DateField("死亡日期", null=True, blank=True)
    ethnicity = models.CharField("民族", max_length=16, blank=True, default="")
    identity = SealedTextField("身份证号", purpose=IDENTITY, null=True, blank=True)
    identity_index = models.BinaryField("身份证号索引", null=True, blank=True)
    identity_masked_index = models.BinaryField("脱敏证号索引", null=True, blank=True)
    phone = SealedTextField("电话", purpose=PHONE, null=True, blank=True)
    phone_index = models.BinaryField("电话索引", null=True, blank=True)
    address = SealedTextField("住址", purpose=ADDRESS, null=True, blank=True)
    area_code = models.CharField("居住区划", max_length=12)
    registered_area_code = models.CharField("户籍区划", max_length=12, blank=True, default="")
    left_on = models.DateField("注销日期", null=True, blank=True)
    left_why = models.CharField("注销原因", max_length=16, blank=True, default="")  # moved | error
    source = models.CharField("来源", max_length=32, blank=True, default="")
    batch_id = models.UUIDField("导入批次", null=True, blank=True)

    class Meta:
        verbose_name = "居民"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["identity_index"], condition=~Q(left_why="error"), name="resident_identity"
            ),
            models.CheckConstraint(condition=Q(sex__in=["M", "F"]), name="resident_sex"),
            models.CheckConstraint(
                condition=Q(death_on=None) | Q(death_on__gte=models.F("birth_on")), name="resident_life"
            ),
            models.CheckConstraint(
                condition=Q(identity=None, identity_index=None)
                | Q(identity__isnull=False, identity_index__isnull=False),
                name="resident_identity_whole",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["identity_masked_index"], name="resident_masked"),
            models.Index(fields=["phone_index"], name="resident_phone"),
            models.Index(fields=["area_code", "name_pinyin", "id"], name="resident_area", opclasses=[
                "varchar_pattern_ops", "varchar_pattern_ops", "uuid_ops"]),
            models.Index(fields=["name"], name="resident_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["name_pinyin"], name="resident_pinyin", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["name_initials"], name="resident_initials", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["name_pinyin", "id"], name="resident_order"),  # lists are in this order
            models.Index(fields=["birth_on", "area_code"], name="resident_birth"),  # matching asks for a day's people
            models.Index(fields=["batch_id"], condition=Q(batch_id__isnull=False), name="resident_batch"),
        ]  # fmt: skip


@tracked
class SourceRecord(Base):
    """What another system wrote down about somebody, under its own number; whose it is decides `registry.matching`."""

    personal: ClassVar[set[str]] = {
        "person", "number", "name", "sex", "birth_on", "identity", "identity_index", "phone", "address", "area_code",
        "household", "mother", "birth_order", "facts_index",
    }  # fmt: skip
    plain: ClassVar[set[str]] = {
        "system", "institution_id", "seen_on", "state", "how", "weight", "weights", "doubts", "filled",
    }  # fmt: skip
    blind: ClassVar[dict[str, Blind]] = {"identity_index": Blind("identity", IDENTITY)}

    person = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="source_records", null=True, blank=True
    )
    system = models.CharField("系统", max_length=32)
    number = models.CharField("该系统内编号", max_length=64)
    institution_id = models.UUIDField("机构", null=True, blank=True)
    seen_on = models.DateField("首次收到")
    state = models.CharField("状态", max_length=8, default="linked")  # linked | waiting
    how = models.CharField("依据", max_length=8, default="given")  # given, number, weight, hand, mother, new
    name = models.CharField("姓名", max_length=64, blank=True, default="")
    sex = models.CharField("性别", max_length=1, blank=True, default="")
    birth_on = models.DateField("出生日期", null=True, blank=True)
    identity = SealedTextField("身份证号", purpose=IDENTITY, null=True, blank=True)
    identity_index = models.BinaryField("身份证号索引", null=True, blank=True)
    phone = SealedTextField("电话", purpose=PHONE, null=True, blank=True)
    address = SealedTextField("住址", purpose=ADDRESS, null=True, blank=True)
    area_code = models.CharField("居住区划", max_length=12, blank=True, default="")
    household = models.CharField("户号", max_length=32, blank=True, default="")
    mother = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="born_records", null=True, blank=True
    )
    birth_order = models.PositiveSmallIntegerField("同胎次序", null=True, blank=True)
    facts_index = models.BinaryField("内容摘要", null=True, blank=True)  # keyed digest: has anything changed?
    weight = models.FloatField("匹配权重", null=True, blank=True)
    weights = models.CharField("权重版本", max_length=32, blank=True, default="")
    doubts = models.JSONField("疑点", default=list)
    filled = models.JSONField("补入主记录的项目", default=list)  # taken back when the record is parted

    class Meta:
        verbose_name = "来源记录"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["system", "number"], name="sourcerecord_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", person=None) | Q(state="linked", person__isnull=False),
                name="sourcerecord_state",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "-seen_on"], name="sourcerecord_state"),
            models.Index(
                fields=["mother", "birth_on"], condition=Q(mother__isnull=False), name="sourcerecord_mother"
            ),
        ]


@tracked
class PersonAlias(Base):
    """From `since` to `until`, `person` stands for the same human being as `golden`; no other table is rewritten."""

    personal: ClassVar[set[str]] = {"person", "golden", "why"}
    plain: ClassVar[set[str]] = {"since", "until", "made_by"}

    person = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="aliases")
    golden = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="absorbed")
    since = models.DateTimeField("起")
    until = models.DateTimeField("止", null=True, blank=True)
    why = models.CharField("依据", max_length=200)
    made_by = models.UUIDField("合并人")

    class Meta:
        verbose_name = "同一人"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(person=models.F("golden")), name="alias_of_another"),
            ExclusionConstraint(
                name="alias_one_golden",
                expressions=[("person", "="), (TimeRange("since", "until", RangeBoundary()), "&&")],
                violation_error_message="该居民已并入另一人",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person"], condition=Q(until=None), name="alias_open")
        ]
