"""Packaged tables, searching them as one types, and reading files of codes."""

import json
import time
from functools import cache
from pathlib import Path

import pytest

from kangcheng.kernel.errors import Faults
from kangcheng.kernel.pinyin import initials
from kangcheng.records.paths import shapes
from kangcheng.records.terminology import packaged, reading
from kangcheng.records.terminology.index import Index
from kangcheng.records.terminology.types import Concept, TerminologyError

SHARED = Path(__file__).resolve().parents[5] / "shared"
ICD = SHARED / "data/icd/icd10_yb.csv"
SMALL = Index(
    [Concept("s", "E11.900", "2型糖尿病"), Concept("s", "E14.900", "糖尿病"), Concept("s", "I10.x00", "高血压", "Hypertension"),
     Concept("s", "O24.900", "妊娠期糖尿病")]
)  # fmt: skip


def found(text: str, limit: int = 20) -> list[str]:
    """Codes found for `text`, in order."""
    return [one.code for one in SMALL.search(text, limit)]


def test_initials() -> None:
    assert initials("2型糖尿病 COPD") == "2xtnbcopd"


def test_the_best_comes_first() -> None:
    assert found("糖尿病") == ["E14.900", "E11.900", "O24.900"]
    assert found("tnb") == ["E14.900", "E11.900", "O24.900"]
    assert found("rsq") == ["O24.900"]
    assert found("e1") == ["E11.900", "E14.900"]
    assert found("hyper") == ["I10.x00"]
    assert found("糖尿病", 1) == ["E14.900"]
    assert found("\n") == found("  ") == ["E11.900", "E14.900", "I10.x00", "O24.900"]
    assert found("没有") == []


@pytest.mark.skipif(not ICD.exists(), reason="no ICD-10 table in ../shared/data")
def test_a_whole_icd_is_searched_in_twenty_milliseconds() -> None:
    index = Index(reading.codes(ICD.read_bytes(), system="icd"))
    assert len(index.concepts) > 33_000
    for text in ("tnb", "高血压", "病", "e11.9", "没有这种病", "zzzz", "j"):
        spent = []
        for _ in range(5):
            start = time.perf_counter()
            index.search(text)
            spent.append(time.perf_counter() - start)
        assert min(spent) < 0.02, text


def test_the_packaged_tables_hold_together() -> None:
    systems = packaged.systems()
    assert len(systems) > 190
    assert all(one.title and one.source and one.count for one in systems.values())
    for url in packaged.systems():
        codes = [one.code for one in packaged.index(url).concepts]
        assert len(codes) == len(set(codes)), url
    for row in packaged.rows("maps"):
        assert row["source_code"] in packaged.index(row["source"]).by_code, row
        assert row["target_code"] in packaged.index(row["target"]).by_code, row


BOUND = {
    "administrative-gender": ("Patient", "gender"),
    "name-use": ("HumanName", "use"),
    "address-use": ("Address", "use"),
    "contact-point-system": ("ContactPoint", "system"),
    "identifier-use": ("Identifier", "use"),
    "observation-status": ("Observation", "status"),
    "diagnostic-report-status": ("DiagnosticReport", "status"),
    "encounter-status": ("Encounter", "status"),
    "publication-status": ("ValueSet", "status"),
    "questionnaire-answers-status": ("QuestionnaireResponse", "status"),
    "composition-status": ("Composition", "status"),
    "bundle-type": ("Bundle", "type"),
    "appointmentstatus": ("Appointment", "status"),
    "allergy-intolerance-criticality": ("AllergyIntolerance", "criticality"),
    "quantity-comparator": ("Quantity", "comparator"),
    "concept-map-equivalence": ("ConceptMap_Target", "equivalence"),
    "claim-use": ("Claim", "use"),
    "consent-state-codes": ("Consent", "status"),
}


@cache
def schema() -> dict[str, dict[str, dict[str, dict[str, list[str]]]]]:
    """The official R4 JSON Schema's definitions."""
    import gzip

    file = SHARED / "data/fhir-definitions/fhir-r4.schema.json.gz"
    if not file.exists():
        pytest.skip("no official schema in ../shared/data")
    return json.loads(gzip.decompress(file.read_bytes()))["definitions"]


@pytest.mark.parametrize("name", BOUND)
def test_codes_of_required_bindings_are_the_official_ones(name: str) -> None:
    type, element = BOUND[name]
    assert shapes.element(type, element) == "code"
    official = schema()[type]["properties"][element].get("enum")
    if official:
        ours = packaged.index(f"http://hl7.org/fhir/{name}").by_code
        assert set(ours) == set(official)


def test_a_file_of_codes_is_read_as_text_and_every_bad_line_is_named() -> None:
    good = reading.codes("﻿代码,名称\n010,甲\n10,乙\n".encode(), system="s")
    assert [(one.code, one.title) for one in good] == [("010", "甲"), ("10", "乙")]
    with pytest.raises(Faults) as caught:
        reading.codes("code,name_zh\nA,甲\nA,乙\n,丙\nB,\n".encode(), system="s", file="x.csv")
    assert [fault.line for fault in caught.value.faults] == [3, 4, 5]


@pytest.mark.parametrize("content", [b"", b"code,name_zh\n", "代码,名称\n甲".encode("gbk"), b"a,b\n1,2\n"])
def test_a_file_that_is_no_table_of_codes_is_refused(content: bytes) -> None:
    with pytest.raises(TerminologyError):
        reading.codes(content, system="s", file="x.csv")


def test_a_map_is_read_once_each() -> None:
    assert reading.mappings(b"alias,code\nA,B\nA,B\nC,D\n") == [
        ("A", "B", "equivalent"),
        ("C", "D", "equivalent"),
    ]
    with pytest.raises(Faults):
        reading.mappings(b"alias,code,equivalence\nA,B,same\n")
