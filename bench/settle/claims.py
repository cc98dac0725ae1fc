"""A made-up year of inpatient claims for the relief plan: as many claims as residents, about one each, as Arrow tables."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

STACK, ON = "relief-inpatient", date(2021, 6, 1)
FIRST_DAY, LAST_DAY = (date(2021, 1, 1) - date(1970, 1, 1)).days, (date(2021, 12, 31) - date(1970, 1, 1)).days
FEE = "fee-general-consultation"
ATTRIBUTES: dict[str, tuple[tuple[str, ...], tuple[float, ...]]] = {
    "setting": (("inpatient",), (1.0,)),
    "designated": (("yes", "no"), (0.98, 0.02)),
    "level": (("一级", "二级", "三级"), (0.4, 0.4, 0.2)),
    "place": (("county", "city", "away"), (0.7, 0.22, 0.08)),
    "referral": (("given", "none"), (0.8, 0.2)),
    "procedure": (("none", "echinococcosis_surgery"), (0.999, 0.001)),
    "service": (("none", "surgery"), (0.8, 0.2)),
    "emergency_relief": (("none", "approved"), (0.99, 0.01)),
    "disease": (("J18", "I10", "K80", "C34", "I21", "N18"), (0.4, 0.25, 0.2, 0.05, 0.05, 0.05)),
    "institution_type": (("township_hospital", "county_hospital", "general_hospital"), (0.4, 0.4, 0.2)),
}


def tables(residents: int, seed: int = 1) -> tuple[Any, Any]:
    """Claims and their lines: bills of some thousand yuan with a long tail, one resident in eight registered poor."""
    rng = np.random.default_rng(seed)
    person = np.sort(rng.integers(0, residents, residents))
    day = rng.integers(FIRST_DAY, LAST_DAY + 1, residents)
    day = day[np.lexsort((day, person))]
    number = np.arange(residents)
    names = {"id": _names("c", number), "person": _names("p", person)}
    columns = names | {
        "on": pa.array(day.astype(np.int32)).cast(pa.date32()),
        "age": rng.integers(0, 95, residents),
    }
    for name, (words, shares) in ATTRIBUTES.items():
        codes = rng.choice(len(words), residents, p=shares).astype(np.int8)
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(words))
    columns["categories"] = _categories(rng, residents)
    return pa.table(columns), _lines(rng, number)


def _names(letter: str, numbers: Any) -> Any:
    return pa.array(np.char.add(letter, np.char.zfill(numbers.astype("U8"), 8)))


def _categories(rng: np.random.Generator, count: int) -> Any:
    """registered_poor, of them some low_income; few disabled; a tenth with commercial insurance."""
    poor = rng.random(count) < 0.12
    flags = [
        poor,
        poor & (rng.random(count) < 0.4),
        rng.random(count) < 0.02,
        rng.random(count) < 0.1,
    ]
    words = pa.array(["registered_poor", "low_income", "disabled", "commercial_insured"])
    table = np.stack(flags, axis=1)
    starts = np.concatenate([[0], np.cumsum(table.sum(axis=1))]).astype(np.int32)
    codes = np.nonzero(table)[1].astype(np.int8)
    return pa.ListArray.from_arrays(pa.array(starts), pa.DictionaryArray.from_arrays(pa.array(codes), words))


def _lines(rng: np.random.Generator, number: Any) -> Any:
    """Three groups for every claim, for a third of them a consultation fee that the poor do not pay."""
    count = len(number)
    jia = (rng.lognormal(13.2, 1.1, count)).astype(np.int64) % 10**9
    yi, own = (jia * rng.random(count)).astype(np.int64), (jia * rng.random(count) / 5).astype(np.int64)
    with_fee = np.nonzero(rng.random(count) < 1 / 3)[0]
    claim = np.concatenate([number, number, number, with_fee]).astype(np.int32)
    group = np.repeat(np.array([0, 1, 2, 0], np.int8), [count, count, count, len(with_fee)])
    code = np.repeat(np.array([0, 0, 0, 1], np.int8), [count, count, count, len(with_fee)])
    return pa.table(
        {
            "claim": pa.DictionaryArray.from_arrays(pa.array(claim), _names("c", number)),
            "group": pa.DictionaryArray.from_arrays(pa.array(group), pa.array(["jia", "yi", "zifei"])),
            "code": pa.DictionaryArray.from_arrays(pa.array(code), pa.array(["", FEE])),
            "amount": np.concatenate([jia, yi, own, np.full(len(with_fee), 1_000)]),
        }
    )
