"""All tables of the module `work`, gathered for Django."""

from kangcheng.work.checklists.models import Rectification, Round, RoundUnit, Sheet
from kangcheng.work.notices.models import HouseholdTold, Notice, Preference, Telling
from kangcheng.work.processes.models import Case, CaseAlarm, CaseStep, CaseWaiting, Definition
from kangcheng.work.registers.models import RegisterImport, RegisterRow, RegisterView
from kangcheng.work.reviews.models import Finding, FindingStep, ReviewRun
from kangcheng.work.screens.models import ScreenFetch
from kangcheng.work.tasks.models import Task
from kangcheng.work.templates.models import DocumentPrint, DocumentSeries, IssuedDocument

__all__ = [
    "Case",
    "CaseAlarm",
    "CaseStep",
    "CaseWaiting",
    "Definition",
    "DocumentPrint",
    "DocumentSeries",
    "Finding",
    "FindingStep",
    "HouseholdTold",
    "IssuedDocument",
    "Notice",
    "Preference",
    "Rectification",
    "RegisterImport",
    "RegisterRow",
    "RegisterView",
    "ReviewRun",
    "Round",
    "RoundUnit",
    "ScreenFetch",
    "Sheet",
    "Task",
    "Telling",
]
