"""The roles of the city and what each may do. Pure: a table."""

from dataclasses import dataclass

# What can be permitted. A permission says what may be done; the areas and institutions of a grant say where.
PERMISSIONS = {
    "person.look": "查看居民",
    "person.write": "登记、修改居民",
    "person.import": "批量导入",
    "person.export": "导出个人数据（须审批）",
    "own.look": "查看本人及家人",
    "record.look": "查看健康档案",
    "record.write": "书写健康档案",
    "category.write": "认定人员类别",
    "coverage.write": "登记参保",
    "institution.write": "登记机构、区划",
    "staff.write": "登记人员、岗位与执业",
    "catalogue.write": "维护目录与对照",
    "bill.write": "记账",
    "claim.look": "查看结算",
    "claim.settle": "结算、冲正",
    "cash.write": "收款、退费、日结",
    "claim.audit": "审核结算",
    "fund.look": "查看基金",
    "ledger.look": "查看总账",
    "ledger.close": "月结",
    "eligibility.write": "登记待遇事实（转诊、签约等）",
    "payout.approve": "批准拨付",
    "disease.look": "查看病例报告",
    "inspect.write": "检查、立案",
    "plan.look": "查看规划与指标",
    "report.write": "编制报告",
    "pack.look": "查看政策包",
    "pack.publish": "发布政策包",
    "export.approve": "批准导出",
    "account.write": "开户、停用账户",
    "role.grant": "授予、收回角色",
    "register.look": "查看台账",
    "register.write": "填写台账",
    "work.do": "办理流程、任务，收阅通知",
    "inbox.work": "处理接入消息",
    "audit.look": "查看审计日志",
    "system.operate": "运行维护",
}


# What concerns the whole city: only a grant for the whole city gives it.
CITY = frozenset(
    {
        "fund.look", "ledger.look", "ledger.close", "payout.approve", "export.approve", "pack.publish", "account.write", "role.grant",
        "audit.look", "system.operate",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Role:
    """One role: code, Chinese and English title, what its holder does, and its permissions."""

    code: str
    title: str
    title_en: str
    description: str
    permissions: frozenset[str]
    administrator: bool = False  # at most one of the three per person


def _role(code: str, title: str, title_en: str, description: str, *permissions: str) -> Role:
    unknown = set(permissions) - PERMISSIONS.keys()
    if unknown:
        raise ValueError(f"role {code}: unknown permissions {sorted(unknown)}")
    administers = code.endswith("_admin")
    does_work = not administers and code != "resident"
    given = frozenset((*permissions, "work.do")) if does_work else frozenset(permissions)
    return Role(code, title, title_en, description, given, administers)


_ALL = (
    _role("resident", "居民", "Resident", "查看本人和家人的信息与结算", "own.look"),
    _role(
        "clinician", "医师", "Clinician", "诊疗、开单",
        "person.look", "record.look", "record.write", "bill.write", "claim.look", "eligibility.write",
        "register.look",
    ),
    _role(
        "village_doctor", "村医", "Village doctor", "村卫生室诊疗与随访",
        "person.look", "person.write", "record.look", "record.write", "bill.write", "claim.look", "claim.settle", "cash.write",
        "eligibility.write", "register.look", "register.write",
    ),
    _role(
        "cashier", "收费员", "Cashier", "窗口结算、收退费、日结",
        "person.look", "bill.write", "claim.look", "claim.settle", "cash.write",
    ),
    _role(
        "fund_officer", "基金经办", "Fund officer", "参保、待遇、类别认定、目录对照",
        "person.look", "person.write", "person.import", "person.export", "category.write", "catalogue.write",
        "coverage.write", "institution.write", "staff.write", "eligibility.write",
        "claim.look", "claim.settle", "fund.look", "ledger.look", "plan.look", "report.write", "pack.look",
        "register.look", "register.write",
    ),
    _role(
        "fund_auditor", "基金审核", "Fund auditor", "审核结算、查看总账、批准拨付",
        "person.look", "claim.look", "claim.audit", "fund.look", "ledger.look", "ledger.close", "payout.approve", "pack.look",
        "register.look",
    ),
    _role(
        "disease_control", "疾控人员", "Disease-control officer", "病例报告、预警与处置",
        "person.look", "disease.look", "plan.look", "register.look", "register.write",
    ),
    _role(
        "inspector", "监督员", "Inspector", "检查机构、立案",
        "inspect.write", "claim.look", "plan.look", "pack.look", "register.look", "register.write",
    ),
    _role(
        "institution_manager", "机构负责人", "Institution manager", "本机构的人员、目录对照与结算",
        "catalogue.write", "institution.write", "staff.write", "claim.look", "plan.look", "report.write", "register.look", "register.write",
        "inbox.work",
    ),
    _role(
        "bureau_officer", "机关科员", "Bureau officer", "登记和核对台账，办理清单与流程（全市、县区或乡镇）",
        "person.look", "plan.look", "report.write", "pack.look", "register.look", "register.write", "institution.write",
        "staff.write", "inbox.work",
    ),
    _role(
        "bureau_leader", "局领导", "Bureau leader", "基金、规划、报告；批准导出与政策发布",
        "fund.look", "ledger.look", "plan.look", "report.write", "pack.look", "pack.publish", "export.approve",
        "register.look", "register.write",
    ),
    _role(
        "system_admin", "系统管理员", "System administrator", "账户开户与停用、运行维护",
        "account.write", "system.operate",
    ),
    _role("security_admin", "安全管理员", "Security administrator", "角色授予与收回", "role.grant"),
    _role("audit_admin", "审计管理员", "Audit administrator", "查看审计与查阅日志", "audit.look"),
)  # fmt: skip

ROLES: dict[str, Role] = {role.code: role for role in _ALL}
OWN = frozenset({"resident"})  # roles that reach the holder's own data only: they give no area
ADMINISTRATORS = frozenset(role.code for role in _ALL if role.administrator)
