"""Errors say four things and gather faults."""

from kangcheng.kernel.errors import Fault, Faults, KangchengError


def test_an_error_says_what_where_rule_and_todo():
    error = KangchengError("金额过大", where="第3行", rule="不超过上限", todo="检查单位")
    assert str(error) == "第3行: 金额过大 [不超过上限] → 检查单位"
    assert (error.what, error.where, error.rule, error.todo) == (
        "金额过大",
        "第3行",
        "不超过上限",
        "检查单位",
    )


def test_parts_that_are_missing_leave_no_punctuation():
    assert str(KangchengError("坏了")) == "坏了"


def test_a_fault_names_file_line_and_nearest_word():
    fault = Fault("values[0].unti", "未知的键", line=7, file="base/x.yaml", near="unit", todo="改正")
    assert str(fault) == "base/x.yaml:7: values[0].unti: 未知的键 → 最接近的是 (did you mean) 'unit'；改正"


def test_a_fault_without_a_file_still_says_its_line():
    assert Fault("", "坏了", line=3).place == "line 3"
    assert Fault("栏", "坏了").place == "栏"


def test_faults_are_kept_and_printed_together():
    error = Faults([Fault("a", "一"), Fault("b", "二")], where="文件")
    assert [fault.what for fault in error.faults] == ["一", "二"]
    assert str(error).splitlines() == ["文件: 2 处错误 (faults)", "  a: 一", "  b: 二"]
    assert str(Faults([Fault("a", "一")], what="不行")) == "不行\n  a: 一"
