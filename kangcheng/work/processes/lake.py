"""What processes give to the lake: cases and their steps without names, for load, delay and rates."""

from kangcheng.lake.tables import Column, Table

_PLACE = (
    Column("institution_id", "uuid", "机构的内部编号，无则空", "institution, if any"),
    Column("area_code", "text", "案件所属区划", "area of the case"),
    Column("county_code", "text", "所属县（区）代码", "county"),
    Column("city_code", "text", "所属市代码", "city"),
)
_PLACE_SQL = (
    "c.institution_id::text AS institution_id, c.area_code, substr(c.area_code, 1, 6) AS county_code, "
    "substr(c.area_code, 1, 4) AS city_code"
)
_DAY = "({} AT TIME ZONE 'Asia/Shanghai')::date"

CASES = Table(
    "process_cases",
    "流程案件（每案一行）",
    (
        Column("case_id", "uuid", "案件的内部编号", "opaque id of the case"),
        Column("process", "text", "流程编号", "process"),
        *_PLACE,
        Column("subject_kind", "text", "关于什么：institution area person none", "what it is about"),
        Column("state", "text", "现在的状态", "present state"),
        Column("final", "boolean", "已办结", "closed"),
        Column("opened_on", "date", "申请日期", "day of application"),
        Column("closed_on", "date", "办结日期，未办结为空", "day of closing"),
        Column("days", "integer", "自申请至办结的日数，未办结为空", "days from application to closing"),
        Column("due_on", "date", "现状态的到期日，无则空", "day the present state is due"),
        Column("late_steps", "integer", "逾期离开的状态数", "states left late"),
        Column("on_time", "boolean", "没有逾期离开的状态", "no state was left late"),
        Column("returns", "integer", "退回次数", "times returned"),
        Column("escalated", "boolean", "曾逾期上报", "was ever reported upwards"),
    ),
    f"""
    SELECT c.id::text AS case_id, c.process, {_PLACE_SQL}, c.subject_kind, c.state, c.final, c.opened_on, c.closed_on,
        c.closed_on - c.opened_on AS days, {_DAY.format("c.due_at")} AS due_on, c.late_steps, c.late_steps = 0 AS on_time,
        c.returns, EXISTS (SELECT 1 FROM work_casestep s WHERE s.case_id = c.id AND s.kind = 'escalate') AS escalated
    FROM work_case c
    """,  # noqa: S608
    when="opened_on",
)

STEPS = Table(
    "process_steps",
    "流程步骤（每步一行）",
    (
        Column("case_id", "uuid", "案件的内部编号", "opaque id of the case"),
        Column("process", "text", "流程编号", "process"),
        *_PLACE,
        Column("seq", "integer", "序号", "number within the case"),
        Column("kind", "text", "种类：open step confirm opinion remind overdue escalate", "kind"),
        Column("step", "text", "步骤编号", "step"),
        Column("role", "text", "流程角色", "role of the process"),
        Column("state", "text", "之后的状态", "state after it"),
        Column("done_on", "date", "日期", "day"),
        Column("on_time", "boolean", "按期离开前一状态，无时限为空", "left the state before in time"),
        Column("hours", "integer", "在前一状态的小时数", "hours in the state before"),
        Column("agrees", "boolean", "会签同意，非会签为空", "opinion in favour"),
    ),
    f"""
    SELECT c.id::text AS case_id, c.process, {_PLACE_SQL}, s.seq, s.kind, s.do AS step, s.role, s.state, s.done_on, s.on_time,
        s.hours, s.agrees
    FROM work_casestep s JOIN work_case c ON c.id = s.case_id
    """,  # noqa: S608
    when="done_on",
)

TABLES: tuple[Table, ...] = (CASES, STEPS)
