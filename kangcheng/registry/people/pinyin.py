"""Names in pinyin, to search and sort by. Pure."""

from kangcheng.kernel.pinyin import reading

# Characters that are read otherwise as a family name. (汉语姓氏读音)
SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "盖": "ge", "区": "ou", "朴": "piao", "秘": "bi",
    "翟": "zhai", "乐": "yue", "员": "yun", "洗": "xian", "繁": "po", "召": "shao", "种": "chong", "尉迟": "yuchi",
    "万俟": "moqi", "澹台": "tantai", "长孙": "zhangsun", "覃": "qin", "缪": "miao", "宓": "mi", "逄": "pang",
}  # fmt: skip


def spelled(name: str) -> str:
    """ "张小明" -> "zhang xiaoming"; other letters stay, in lower case."""
    surname, given = _cut(name)
    first = SURNAMES.get(surname) or "".join(map(reading, surname))
    return f"{first} {''.join(map(reading, given))}".strip()


def _cut(name: str) -> tuple[str, str]:
    return (name[:2], name[2:]) if name[:2] in SURNAMES else (name[:1], name[1:])
