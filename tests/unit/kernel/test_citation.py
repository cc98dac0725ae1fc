"""document#clause"""

import pytest

from kangcheng.kernel.citation import Citation, CitationError


def test_a_citation_names_document_and_clause():
    cited = Citation.parse(" relief-2021#S3-02.18 ")
    assert (cited.document, cited.clause, str(cited)) == ("relief-2021", "S3-02.18", "relief-2021#S3-02.18")


@pytest.mark.parametrize(
    "text", ["", "relief-2021", "#S3", "relief-2021#", "a b#c", "a#b#c", "A#1", None, "a#b c"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(CitationError, match="条款引用"):
        Citation.parse(text)
