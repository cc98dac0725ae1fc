"""An official document filled from one row or case: fields, number series, body with placeholders, signature and seal.

What the keys mean, with an example, is in docs/modules/work.md; `kangcheng.work.templates` runs them.
"""

import re
from collections.abc import Iterator

from kangcheng.kernel.errors import Fault
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.kinds.tiers import repeated
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import (
    FLAG,
    Anything,
    Field,
    Id,
    Many,
    OneOf,
    Record,
    Table,
    Text,
    choice,
    nearest,
    optional,
    required,
    whole,
)

PLACE = re.compile(r"\{\{\s*([a-z_][a-z0-9_]*)\s*(?:\|\s*([a-z_]+)\s*)?\}\}")
ALWAYS = ("number", "issued_on", "issuer", "city")
"""Fields every document has: its number, its day, who issues it, the city."""
STYLES: dict[str, tuple[str, ...]] = {
    "text": (),
    "date": ("long", "short", "chinese"),
    "money": ("yuan", "official", "capital"),
    "number": (),
    "rate": (),
    "lines": (),
}
"""Type of a field -> the styles a placeholder may ask for with `{{name|style}}`; the first is the default."""
_ALWAYS_TYPES = {"number": "text", "issued_on": "date", "issuer": "text", "city": "text"}

COLUMN = Record(
    "列 column",
    {
        "id": required(Id(), "行里的键", moved=False),
        "title": required(Text(), "列名", moved=False),
        "type": optional(
            choice("text", "date", "money", "number", "rate", moved=False), "类型，默认 text", moved=False
        ),
    },
)
FIELD = Record(
    "字段 field",
    {
        "id": required(Text(pattern=r"[a-z_][a-z0-9_]*", hint="字段名 (field name)"), "字段名", moved=False),
        "title": required(Text(), "中文", moved=False),
        "title_en": optional(Text(), "英文", moved=False),
        "type": optional(
            choice("text", "date", "money", "number", "rate", "lines", "table", moved=False),
            "类型，默认 text；lines 为多行；table 为表",
            moved=False,
        ),
        "columns": optional(Many(COLUMN), "表的列", moved=False),
        "required": optional(FLAG, "必填，默认 yes", moved=False),
    },
)
BLOCK = Record(
    "段 block",
    {
        "heading": optional(Text(), "小标题", moved=False),
        "text": optional(Text(), "正文", moved=False),
        "table": optional(Text(), "插入哪个表字段", moved=False),
        "when": optional(Text(), "这个字段有值才印", moved=False),
    },
    exactly_one=(("heading", "text", "table"),),
)
NUMBER = Record(
    "文号 number",
    {
        "series": required(Id(), "号段；同一号段连续编号", moved=False),
        "form": required(Text(), "写法，例如 康卫监改〔{year}〕{n}号", moved=False),
        "digits": optional(whole("1", "8"), "序号补足几位", moved=False),
        "restart": optional(choice("year", "never", moved=False), "每年重排（默认）或不断号", moved=False),
    },
)
SIGN = Record(
    "落款 sign",
    {
        "issuer": optional(Text(), "署名，默认发文机关", moved=False),
        "seal": optional(FLAG, "留盖章处，默认 yes", moved=False),
        "receipt": optional(FLAG, "附送达回证栏", moved=False),
    },
)

FIELDS: dict[str, Field] = {
    "issuer": required(Text(), "发文机关；可写 {{字段}}", moved=False),
    "number": optional(NUMBER, "文号", moved=False),
    "fields": required(Many(FIELD), "字段", moved=False),
    "subject": optional(Text(), "文书对着谁：row 的字段名，用于按对象查询", moved=False),
    "heading": required(Text(), "标题", moved=False),
    "addressee": optional(Text(), "主送", moved=False),
    "body": required(Many(OneOf((Text(), BLOCK)), single=True), "正文，逐段", moved=False),
    "sign": optional(SIGN, "落款", moved=False),
    "copies": optional(Text(), "抄送", moved=False),
    "issued_by": optional(Many(Id(), single=True), "谁可签发（角色）", moved=False),
    "keep_years": optional(whole("1"), "保存年限", moved=False),
}

CASE: dict[str, Field] = {
    "fields": optional(Table(Anything(empty=True)), "字段 → 值"),
    "issued_on": optional(Text(), "签发日期"),
    "n": optional(whole("1"), "序号"),
    "expect": optional(Many(Text(), single=True), "文书里应有的字句"),
    "error": optional(Text(), "应被拒绝，且说这些话"),
}


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Placeholders name fields and styles that fit; every field is used; the number has a place for n."""
    return [
        *repeated(entry, "fields", "id"),
        *_placeholders(entry),
        *_unused(entry),
        *_number(entry),
        *_tables(entry),
    ]


def texts(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text with placeholders, with its place."""
    for key in ("issuer", "heading", "addressee", "copies"):
        if key in entry.data:
            yield (key,), entry.data[key]
    body = entry.get("body")
    for number, block in enumerate([body] if isinstance(body, str) else body):
        if isinstance(block, str):
            yield ("body", number), block
        else:
            yield from ((("body", number, key), block[key]) for key in ("heading", "text") if key in block)
    if "issuer" in entry.get("sign", {}):
        yield ("sign", "issuer"), entry.data["sign"]["issuer"]


def types_of(entry: Entry) -> dict[str, str]:
    """Field -> type, those every document has included."""
    return _ALWAYS_TYPES | {row["id"]: row.get("type", "text") for row in entry.get("fields")}


def _placeholders(entry: Entry) -> Iterator[Fault]:
    known = types_of(entry)
    for path, text in texts(entry):
        left = PLACE.sub("", text)
        if "{{" in left or "}}" in left:
            yield entry.fault(
                path, "占位写法不对 (placeholder cannot be read)", rule="{{字段}} 或 {{字段|写法}}"
            )
        for name, style in PLACE.findall(text):
            if name not in known:
                yield entry.fault(path, f"没有这个字段 (no such field) {name!r}", near=nearest(name, known))
            elif known[name] == "table":
                yield entry.fault(path, f"{name} 是表，用 table: {name} 插入 (a table is a block of its own)")
            elif style and style not in STYLES[known[name]]:
                allowed = STYLES[known[name]]
                yield entry.fault(
                    path,
                    f"{known[name]} 没有写法 (no such style) {style!r}",
                    rule="、".join(allowed),
                    near=nearest(style, allowed),
                )


def _unused(entry: Entry) -> Iterator[Fault]:
    used = {name for _, text in texts(entry) for name, _ in PLACE.findall(text)}
    body = entry.get("body")
    blocks = [block for block in ([body] if isinstance(body, str) else body) if isinstance(block, dict)]
    used |= {block[key] for block in blocks for key in ("table", "when") if key in block}
    used.add(entry.get("subject", ""))
    for number, row in enumerate(entry.get("fields")):
        if row["id"] not in used:
            yield entry.fault(("fields", number), f"文书没有用到 (field not used) {row['id']!r}")


def _number(entry: Entry) -> Iterator[Fault]:
    form = entry.get("number", {}).get("form", "{n}")
    names = re.findall(r"\{(\w*)\}", form)
    if "n" not in names or set(names) - {"n", "year"}:
        yield entry.fault(("number", "form"), "文号只能用 {year} 和 {n}，且须有 {n} (number form)")


def _tables(entry: Entry) -> Iterator[Fault]:
    known = types_of(entry)
    for number, row in enumerate(entry.get("fields")):
        if (row.get("type") == "table") != ("columns" in row):
            yield entry.fault(("fields", number), "表须写 columns，别的不写 (a table has columns)")
    body = entry.get("body")
    for number, block in enumerate([] if isinstance(body, str) else body):
        name = block.get("table") if isinstance(block, dict) else None
        if name and known.get(name) != "table":
            yield entry.fault(
                ("body", number, "table"),
                f"没有这个表字段 (no such table) {name!r}",
                near=nearest(name, known),
            )
    subject = entry.get("subject")
    if subject and subject not in known:
        yield entry.fault(
            "subject", f"没有这个字段 (no such field) {subject!r}", near=nearest(subject, known)
        )


KIND = Kind("template", "文书 (template)", FIELDS, check=check, case=CASE, cited="entry")
