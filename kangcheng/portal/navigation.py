"""The main menu: every entry with the permissions that open it. A page that is not built has no entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import timezone

from kangcheng.base.accounts.roles import ROLES
from kangcheng.base.accounts.types import Actor
from kangcheng.portal.words import Words
from kangcheng.work.notices import selectors as notices


@dataclass(frozen=True)
class Item:
    title: Words
    name: str  # url name within `portal:`
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    title: Words
    items: tuple[Item, ...]


MENU = (
    Section(
        Words("工作", "Work"),
        (
            Item(Words("今日工作", "Today"), "home"),
            Item(Words("台账", "Registers"), "registers", ("register.look",)),
            Item(Words("办事与任务", "Cases and tasks"), "worklist", ("work.do",)),
            Item(Words("流程目录", "Processes"), "processes", ("work.do",)),
            Item(Words("检查表", "Checklists"), "checklists", ("plan.look", "inspect.write")),
            Item(Words("点评审查", "Reviews"), "findings", ("claim.audit", "inspect.write", "report.write")),
            Item(Words("文书", "Documents"), "documents", ("claim.audit", "inspect.write", "report.write")),
            Item(Words("显示屏", "Screens"), "screens", ("register.look",)),
            Item(Words("我的申请", "My applications"), "cases", ("own.look",)),
            Item(Words("通知", "Notices"), "notices", ("work.do", "own.look")),
            Item(Words("我的健康与结算", "My care and bills"), "own", ("own.look",)),
            Item(Words("我的健康档案", "My health record"), "own_record", ("own.look",)),
        ),
    ),
    Section(
        Words("居民", "People"),
        (
            Item(Words("居民查询", "Residents"), "people", ("person.look",)),
            Item(Words("表单", "Forms"), "forms", ("record.look", "record.write", "plan.look", "pack.look")),
            Item(Words("名单导入", "List import"), "imports", ("person.import",)),
            Item(Words("接入监测", "Inbox"), "inbox", ("inbox.work",)),
            Item(Words("疑似同一人", "Who is whom"), "matching", ("person.write",)),
            Item(
                Words("机构", "Institutions"),
                "institutions",
                ("person.look", "claim.look", "fund.look", "plan.look"),
            ),
            Item(
                Words("布点与空白", "Coverage gaps"),
                "townships",
                ("person.look", "claim.look", "fund.look", "plan.look"),
            ),
            Item(Words("生命事件", "Life events"), "events", ("person.write",)),
            Item(Words("人员与执业", "Staff"), "staff", ("staff.write",)),
        ),
    ),
    Section(
        Words("结算窗口", "Counter"),
        (
            Item(Words("结算", "Settle"), "counter", ("claim.settle",)),
            Item(Words("入出院与账单", "Stays and bills"), "bills", ("bill.write",)),
            Item(Words("收款日结", "Cash and day close"), "cash", ("cash.write",)),
            Item(Words("住院直补", "Direct settlement"), "procedures", ("claim.settle", "bill.write")),
        ),
    ),
    Section(
        Words("基金", "Fund"),
        (
            Item(Words("结算清单", "Settlements"), "claims", ("claim.look",)),
            Item(Words("基金总览", "Fund overview"), "fund", ("fund.look",)),
            Item(Words("参保筹资", "Enrolment"), "enrolment", ("fund.look", "claim.settle")),
            Item(Words("减免与补助", "Waivers and subsidies"), "waivers", ("fund.look",)),
            Item(Words("死亡后追回", "Care after death"), "recovery", ("claim.look",)),
            Item(Words("总账", "Ledger"), "ledger", ("ledger.look",)),
            Item(Words("拨付", "Payouts"), "payouts", ("payout.approve", "ledger.look")),
            Item(Words("目录与对照", "Catalogues"), "catalogues", ("catalogue.write",)),
        ),
    ),
    Section(
        Words("规划与报告", "Plan and reports"),
        (
            Item(Words("规划落实", "Plan"), "plan", ("plan.look",)),
            Item(Words("规则版本", "Releases"), "releases", ("plan.look", "pack.look")),
            Item(Words("198 个系统", "198 systems"), "systems", ("plan.look",)),
            Item(Words("指标", "Indicators"), "indicators", ("plan.look",)),
            Item(Words("报告", "Reports"), "reports", ("report.write", "plan.look")),
        ),
    ),
    Section(
        Words("管理", "Administration"),
        (
            Item(Words("账户", "Accounts"), "accounts", ("account.write", "role.grant")),
            Item(Words("导出审批", "Exports"), "exports", ("person.export", "export.approve", "role.grant")),
            Item(Words("审计日志", "Audit log"), "audit", ("audit.look",)),
            Item(Words("查阅记录", "Look log"), "looks", ("audit.look",)),
            Item(Words("紧急查看复核", "Emergency openings"), "emergencies", ("audit.look",)),
        ),
    ),
)


def sections(actor: Actor, request: HttpRequest) -> Iterator[dict[str, object]]:
    """The menu as this actor sees it; `current` marks the entry whose address is the longest start of the request's."""
    shown = [
        (section, [one for item in section.items if opens(item, actor) and (one := _shown(item))])
        for section in MENU
    ]
    starts = [
        str(one["url"]) for _, items in shown for one in items if _starts(request.path, str(one["url"]))
    ]
    here = max(starts, key=len, default="")
    for section, items in shown:
        if items:
            yield {"title": section.title, "items": [one | {"current": one["url"] == here} for one in items]}


def _starts(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def opens(item: Item, actor: Actor) -> bool:
    """True when one of the item's permissions is the actor's."""
    return not item.permissions or any(map(actor.may, item.permissions))


def _shown(item: Item) -> dict[str, object] | None:
    """Title and address of an entry; None when the page is not built."""
    try:
        return {"title": item.title, "url": reverse(f"portal:{item.name}")}
    except NoReverseMatch:
        return None


@lru_cache(maxsize=1)
def doors() -> dict[str, tuple[str, ...]]:
    """Name of every page -> permissions that open it."""
    from kangcheng.portal.urls import urlpatterns

    return {str(entry.name): getattr(entry.callback, "page_permissions", ()) for entry in urlpatterns}


def may_open(actor: Actor, name: str) -> bool:
    """True when the page exists and the actor's roles open it: a link to it would not be refused."""
    known = doors()
    return name in known and (not known[name] or any(map(actor.may, known[name])))


def may_visit(actor: Actor, path: str) -> bool:
    """As `may_open`, for an address ("/counter/")."""
    try:
        return may_open(actor, str(resolve(path.partition("?")[0]).url_name))
    except Resolver404:
        return False


def shell(request: HttpRequest) -> dict[str, object]:
    """Context processor: menu, role, city and rules release of the page frame."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {}
    titles = [Words(ROLES[code].title, ROLES[code].title_en) for code in ROLES if code in actor.roles]
    return {
        "navigation": list(sections(actor, request)),
        "role_title": "、".join(map(str, titles)),
        "may_find_people": actor.may("person.look"),
        "unread": notices.unread(actor.user_id),
        "stamp": timezone.now(),  # for the watermark: who looked, when
        **frame(),
    }


def frame() -> dict[str, str]:
    """The city and the release of its rules, for the foot of every page."""
    from kangcheng.portal.citypack import city, release

    return {"city": city(), "release": release()}
