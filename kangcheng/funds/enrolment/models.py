"""Table of enrolments: who paid a scheme's premium for a year, and what the treasury owes for it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from kangcheng.base.models import Base


class Enrolment(Base):
    """One person in one scheme for one year. The premium is the person's share and the subsidies together."""

    personal: ClassVar[set[str]] = {"person_id"}
    plain: ClassVar[set[str]] = {
        "scheme", "year", "premium", "own", "subsidies", "paid_on", "method", "institution_id", "release_hash",
        "enrolled_by", "withdrawn_on", "batch",
    }  # fmt: skip

    person_id = models.UUIDField("居民")
    scheme = models.CharField("险种", max_length=32)
    year = models.IntegerField("参保年度")
    premium = models.BigIntegerField("筹资标准（分）")
    own = models.BigIntegerField("个人缴费（分）")
    subsidies = models.JSONField("补助")  # source -> fen
    paid_on = models.DateField("缴费日期")
    method = models.CharField("方式", max_length=16)
    institution_id = models.UUIDField("经办机构", null=True, blank=True)
    release_hash = models.CharField("政策包版本", max_length=64)
    enrolled_by = models.UUIDField("经办人")
    withdrawn_on = models.DateField("退保日期", null=True, blank=True)
    batch = models.BooleanField("批量", default=False)

    class Meta:
        verbose_name = "参保缴费"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person_id", "scheme", "year"],
                condition=Q(withdrawn_on=None),
                name="enrolment_once",
            ),
            models.CheckConstraint(
                condition=Q(own__gte=0) & Q(premium__gte=F("own")), name="enrolment_premium"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["year", "scheme"], name="enrolment_year")
        ]
