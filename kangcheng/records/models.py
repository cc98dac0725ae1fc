"""All tables of the module `records`, gathered for Django."""

from kangcheng.records.recognition.models import TestOrder
from kangcheng.records.store.models import NumberValue, Resource, SpanValue, TextValue, Version
from kangcheng.records.terminology.models import Code, CodeSystem, Mapped

__all__ = [
    "Code",
    "CodeSystem",
    "Mapped",
    "NumberValue",
    "Resource",
    "SpanValue",
    "TestOrder",
    "TextValue",
    "Version",
]
