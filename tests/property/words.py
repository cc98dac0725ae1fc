"""The few words that drawn stacks and drawn claims have in common."""

LEVELS = ("一级", "二级", "三级")
PLACES = ("county", "city", "away")
DISEASES = ("A00", "B00", "C00", "D00")
CATEGORIES = ("poor", "child", "elder", "veteran")
GROUPS = ("jia", "yi", "cai", "zifei")
STREAMS = ("material", "drug")
ITEMS = ("i1", "i2", "i3")
COUNT_FACTS = ("days", "visits")
MONEY_FACTS = ("wage", "income")
LANDMARKS = (
    100,
    500,
    1_000,
    2_000,
)  # yuan: amounts that meet the ends of brackets, limits and deductibles exactly
PAYERS = ("pool", "critical", "relief", "charity")
SOURCES = ("hospital", "finance")
BALANCES = {"person": ("current", "history"), "household": ("family",)}
CLASSIFIED = (
    *("copay", "deductible", "over_ceiling", "item_first_pay"),
    *("place_first_pay", "over_limit", "out_of_scope"),
)
PERIODS = ("claim", "day", "month", "quarter", "year", "episode", "disease", "course", "life")
