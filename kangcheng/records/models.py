"""All tables of the module `records`, gathered for Django."""

from kangcheng.records.store.models import NumberValue, Resource, SpanValue, TextValue, Version
from kangcheng.records.terminology.models import Code, CodeSystem, Mapped

__all__ = ["Code", "CodeSystem", "Mapped", "NumberValue", "Resource", "SpanValue", "TextValue", "Version"]
