"""Table of what a person shows at the counter beside the identity card: e-voucher, social card."""

from typing import ClassVar

from django.db import models

from kangcheng.base.models import SealedTextField
from kangcheng.base.rotation import Blind
from kangcheng.registry.history import tracked
from kangcheng.registry.people.models import Resident
from kangcheng.registry.validity import VALIDITY, Dated, in_order, no_overlap

CARD = "card-number"


@tracked
class Card(Dated):
    """A card or code of one person; a number belongs to one person at a time."""

    personal: ClassVar[set[str]] = {"person", "number", "number_index"}
    plain: ClassVar[set[str]] = {"kind", "why_ended", *VALIDITY}
    blind: ClassVar[dict[str, Blind]] = {"number_index": Blind("number", CARD)}

    person = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="cards")
    kind = models.CharField("种类", max_length=16)  # evoucher, social_card
    number = SealedTextField("号码", purpose=CARD)
    number_index = models.BinaryField("号码索引")
    why_ended = models.CharField("停用原因", max_length=100, blank=True, default="")

    class Meta:
        verbose_name = "凭证"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_order("card_period"),
            no_overlap("card_one_person", "kind", "number_index"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["evoucher", "social_card"]), name="card_kind"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["number_index", "kind"], name="card_number")
        ]
