"""What crosses the border of the store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

WRITTEN = "records.resource.written"  # news: key "Type/id", payload type, id, version, subject, deleted

# What says something about one resident's health or care: kept only with the resident it is about.
CLINICAL = frozenset(
    {
        "AdverseEvent", "AllergyIntolerance", "BodyStructure", "CarePlan", "CareTeam", "ChargeItem", "Claim",
        "ClaimResponse", "ClinicalImpression", "Communication", "CommunicationRequest", "Composition", "Condition",
        "Consent", "Coverage", "CoverageEligibilityRequest", "CoverageEligibilityResponse", "DetectedIssue",
        "DeviceRequest", "DeviceUseStatement", "DiagnosticReport", "DocumentManifest", "DocumentReference", "Encounter",
        "EnrollmentRequest", "EpisodeOfCare", "ExplanationOfBenefit", "FamilyMemberHistory", "Flag", "Goal",
        "ImagingStudy", "Immunization", "ImmunizationEvaluation", "ImmunizationRecommendation", "Invoice", "Media",
        "MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement",
        "MolecularSequence", "NutritionOrder", "Observation", "Procedure", "QuestionnaireResponse", "RelatedPerson",
        "RequestGroup", "ResearchSubject", "RiskAssessment", "ServiceRequest", "SupplyDelivery", "VisionPrescription",
    }
)  # fmt: skip

# Rendered from the registry by whoever stands above; never kept here.
REGISTERED = frozenset(
    {"Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "Coverage"}
)


class StoreError(KangchengError):
    """A resource cannot be kept or given as asked."""


class Conflict(StoreError):
    """Somebody else has written the resource since it was read."""


class Gone(StoreError):
    """The resource was deleted."""


class SubjectError(StoreError):
    """A clinical resource without the resident it is about, or about another one."""


@dataclass(frozen=True)
class Stored:
    """One version of a resource as it is kept. `body` is its JSON text, None for a deletion."""

    id: UUID
    type: str
    logical_id: str
    version: int
    written_at: datetime
    subject_id: UUID | None
    segment: str
    deleted: bool
    body: str | None
    institution_id: UUID | None = None
    method: str = "POST"
    created: bool = False


@dataclass(frozen=True)
class Draft:
    """A resource to be written. `expect`: the version it replaces (If-Match); `logical_id`: where (PUT), else a new one.

    `fresh`: the id was just made, so nothing can stand there yet.
    """

    resource: dict[str, Any]
    subject: UUID | None
    logical_id: str | None = None
    expect: int | None = None
    segment: str = ""
    institution: UUID | None = None
    fresh: bool = False
