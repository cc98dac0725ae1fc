"""JSON as FHIR writes it: digits kept, rubbish refused where it breaks, identity numbers masked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kangcheng.records import texts
from tests.unit.registry.conftest import identity

KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.decimals(-1000, 1000, places=3) | st.text(
        st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_what_is_written_is_read_back(value):
    assert texts.read(texts.write(value)) == value


@pytest.mark.parametrize("number", ["72.50", "0.10", "1.000000000000000000001", "1E+3", "100"])
def test_digits_are_kept(number):
    assert texts.write(texts.read(f'{{"value":{number}}}')) == f'{{"value":{number}}}'.encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'a':1}",
        b'{"a":NaN}',
        b'{"a":1,"a":2}',
        b"\xff\xfe",
        b'"\xed\xa0\x80"',
        b"[" * 100_000,
        b"1" * 10_000,
    ],
)
def test_rubbish_is_refused(raw):
    with pytest.raises(texts.NotJson):
        texts.read(raw)


def test_a_lone_surrogate_is_refused():
    with pytest.raises(texts.NotJson):
        texts.write(texts.read(b'{"a":"\\ud800"}'))


def test_identity_numbers_are_masked_wherever_they_stand():
    number = identity(3)
    raw = texts.write(
        {"a": f"证号{number}。", "b": [number.lower()], "c": "12345678901234567890123"}
    ).decode()
    assert (
        number not in raw
        and number[:6] + "********" + number[-4:] in raw
        and "12345678901234567890123" in raw
    )
