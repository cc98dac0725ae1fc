"""All tables of the module `registry`, gathered for Django."""

from kangcheng.registry.areas.models import Area, AreaChange
from kangcheng.registry.cards.models import Card
from kangcheng.registry.catalogues.models import HospitalItem, Item, Mapping
from kangcheng.registry.categories.models import PersonCategory
from kangcheng.registry.coverage.models import Coverage
from kangcheng.registry.events.models import LifeEvent
from kangcheng.registry.households.models import Household, Membership
from kangcheng.registry.imports.models import ImportBatch, ImportRow
from kangcheng.registry.institutions.models import Designation, Institution, Term
from kangcheng.registry.matching.models import MatchPair
from kangcheng.registry.people.models import PersonAlias, Resident, SourceRecord
from kangcheng.registry.reach.models import AreaReach
from kangcheng.registry.relations.models import PersonRelation
from kangcheng.registry.staff.models import Staff, StaffHours, StaffTraining

__all__ = [
    "Area",
    "AreaChange",
    "AreaReach",
    "Card",
    "Coverage",
    "Designation",
    "HospitalItem",
    "Household",
    "ImportBatch",
    "ImportRow",
    "Institution",
    "Item",
    "LifeEvent",
    "Mapping",
    "MatchPair",
    "Membership",
    "PersonAlias",
    "PersonCategory",
    "PersonRelation",
    "Resident",
    "SourceRecord",
    "Staff",
    "StaffHours",
    "StaffTraining",
    "Term",
]
