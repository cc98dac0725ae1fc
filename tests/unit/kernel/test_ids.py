"""Identity numbers, credit codes, our own ids, masks. All numbers here are made up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangcheng.kernel.ids import (
    IdentityError,
    IdentityNumber,
    check_digit,
    identity_valid,
    mask_identity,
    mask_name,
    mask_phone,
    new_id,
    organisation_check,
    uscc_check,
    uscc_valid,
)

BODY = "99010519491231002"
GOOD = BODY + check_digit(BODY)


def test_ids_are_version_7_and_grow():
    ids = [new_id() for _ in range(50)]
    assert {made.version for made in ids} == {7}
    assert {made.variant for made in ids} == {"specified in RFC 4122"}
    assert len(set(ids)) == 50
    assert [made.int >> 80 for made in ids] == sorted(made.int >> 80 for made in ids)


def test_the_standard_s_own_example():
    # GB 11643 prints this number as its example.
    number = IdentityNumber.parse("11010519491231002x")
    assert (number.division, number.birth, number.sex) == ("110105", date(1949, 12, 31), "F")


def test_an_old_card_is_lengthened():
    number = IdentityNumber.parse("990105491231001")
    assert number.text.startswith("99010519491231001")
    assert (number.sex, number.birth) == ("M", date(1949, 12, 31))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "文本"),
        ("", "18位"),
        ("1234567890123456789", "18位"),
        (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), "校验码"),
        ("99010519490231001" + check_digit("99010519490231001"), "出生日期"),
        ("99010519491231000" + check_digit("99010519491231000"), "顺序码"),
        ("990105490231001", "出生日期"),
    ],
)
def test_a_wrong_number_is_refused_and_never_repeated(text, words):
    with pytest.raises(IdentityError, match=words) as refused:
        IdentityNumber.parse(text)
    assert not text or text not in str(refused.value)
    assert not identity_valid(text)


def test_a_right_number_is_valid():
    assert identity_valid(GOOD)


def test_a_number_made_by_hand_is_checked_when_asked():
    with pytest.raises(IdentityError, match="出生日期"):
        IdentityNumber("9" * 18).birth  # noqa: B018


@given(st.integers(10**16, 10**17 - 1), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(body, place, shift):
    text = str(body)
    changed = text[:place] + str((int(text[place]) + shift) % 10) + text[place + 1 :]
    assert check_digit(text) != check_digit(changed)


def test_printing_never_shows_the_number():
    number = IdentityNumber.parse(GOOD)
    assert number.masked == f"990105********{GOOD[-4:]}"
    assert GOOD not in repr(number) and GOOD not in str(number)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8))
def test_credit_codes_with_both_checks_right_are_valid(organisation):
    body = "52990100" + organisation + organisation_check(organisation)
    if body[-1] in "IOZSV":
        return
    code = body + uscc_check(body)
    assert uscc_valid(code)
    assert not uscc_valid(code[:-1] + ("0" if code[-1] != "0" else "1"))


def test_credit_codes():
    assert uscc_valid("91350100M000100Y43")  # the example of GB 32100
    for text in (
        "",
        None,
        "91350100M000100Y4",
        "91350100M000100Y44",
        "91350100m000100Y43",
        "9135010OM000100Y43",
    ):
        assert not uscc_valid(text)


def test_a_code_whose_inner_check_is_wrong_is_refused():
    body = "91350100M000100Y4"
    wrong = body[:16] + ("5" if body[16] != "5" else "6")
    assert not uscc_valid(wrong + uscc_check(wrong))


def test_masks():
    assert mask_identity("") == ""
    assert mask_identity("12345") == "*****"
    assert mask_phone("13812345678") == "138****5678"
    assert (mask_name("张三"), mask_name("欧阳修文"), mask_name("张"), mask_name("")) == (
        "张*",
        "欧***",
        "*",
        "",
    )


@pytest.mark.parametrize(("body", "check"), [("D2143569", "X"), ("00000000", "0"), ("M000100Y", "4")])
def test_organisation_codes(body, check):
    assert organisation_check(body) == check
