"""The parent of every table."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from kangcheng.kernel.ids import new_id


class Base(models.Model):
    """A row with a time-ordered UUID and the moment it was written.

    A concrete model names each of its own columns either in `personal` (says something about an identifiable person)
    or in `plain`; an architecture test fails for a column in neither.
    """

    personal: ClassVar[set[str]]
    plain: ClassVar[set[str]]

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField("写入时间", default=timezone.now, editable=False)

    class Meta:
        abstract = True
