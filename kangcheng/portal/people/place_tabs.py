"""The pages about places, one beside the other."""

from typing import Any

from kangcheng.portal.words import Words

TABS = (
    ("portal:institutions", Words("机构", "Institutions")),
    ("portal:network", Words("三级网络", "Network")),
    ("portal:happened", Words("变动", "Changes")),
    ("portal:townships", Words("街道、乡镇布点", "Townships")),
    ("portal:villages", Words("空白行政村", "Villages without a clinic")),
    ("portal:reach", Words("15分钟服务圈", "15-minute circle")),
    ("portal:areas", Words("区划沿革", "Divisions")),
)


def tabs(current: str) -> dict[str, Any]:
    """What `_place_tabs.html` needs."""
    return {"place_tabs": TABS, "place_tab": current}
