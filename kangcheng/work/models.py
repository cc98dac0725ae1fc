"""All tables of the module `work`, gathered for Django."""

from kangcheng.work.checklists.models import Rectification, Round, RoundUnit, Sheet
from kangcheng.work.registers.models import RegisterImport, RegisterRow, RegisterView
from kangcheng.work.reviews.models import Finding, FindingStep, ReviewRun
from kangcheng.work.templates.models import DocumentPrint, DocumentSeries, IssuedDocument

__all__ = [
    "DocumentPrint",
    "DocumentSeries",
    "Finding",
    "FindingStep",
    "IssuedDocument",
    "Rectification",
    "RegisterImport",
    "RegisterRow",
    "RegisterView",
    "ReviewRun",
    "Round",
    "RoundUnit",
    "Sheet",
]
