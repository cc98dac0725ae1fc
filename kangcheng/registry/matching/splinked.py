"""The same comparison in Splink: training of the weights, and scoring of whole lists on DuckDB (or Spark). No Django.

Pinyin finds candidates, and is one level of the name's own comparison; a comparison of its own beside the name would count
the same agreement twice (measured: precision 0.20, namesakes).
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from kangcheng.registry.matching.comparing import COMPARISONS, COUNTY, ELSE, NEAR_DAYS, STREET, UNKNOWN
from kangcheng.registry.matching.scoring import Model
from kangcheng.registry.matching.traits import Traits

BLOCKS = (
    ("identity",),
    ("phone",),
    ("household",),
    ("sounded", "born"),
    ("turned", "born"),
    ("born", "county"),
    ("sounded", "year"),
    ("sounded", "street"),
)
"""A pair that agrees on one of these is compared."""
SESSIONS = (("identity",), ("name", "born"), ("name", "phone"))
"""What pairs agree on while the other fields' m are learnt."""
SAMPLE = 8_000_000
LEAST = {"m_probability": 1e-6, "u_probability": 5e-7}
"""What was not seen in training is taken to be as rare as this."""
_NEAR = f"abs(date_diff('day', birth_l, birth_r)) <= {NEAR_DAYS}"
_SQL = {
    "name": {
        "exact": "name_l = name_r",
        "turned": "turned_l = turned_r",
        "sound": "sounded_l = sounded_r",
        "one": "list_has_any(near_l, near_r)",
        "surname": "substr(name_l, 1, 1) = substr(name_r, 1, 1)",
    },
    "sex": {"exact": "sex_l = sex_r"},
    "birth": {
        "exact": "born_l = born_r",
        "slip": "born_l = born_turned_r OR levenshtein(born_l, born_r) = 1",
        "near": _NEAR,
        "year": "year_l = year_r",
    },
    "phone": {
        "exact": "phone_l = phone_r",
        "slip": "length(phone_l) = length(phone_r) AND levenshtein(phone_l, phone_r) = 1",
    },
    "home": {
        "house": "home_l = home_r",
        "village": "place_l = place_r",
        "street": "street_l = street_r",
        "county": "county_l = county_r",
    },
    "household": {"exact": "household_l = household_r"},
    "identity": {
        "exact": "identity_l = identity_r",
        "slip": "abs(length(identity_l) - length(identity_r)) <= 1 AND damerau_levenshtein(identity_l, identity_r) <= 1",
    },
}
_KNOWN = {"birth": "born", "home": "place"}


def table(rows: Iterable[tuple[str, Traits]]) -> pa.Table:
    """The columns that the comparison reads, of (id, traits)."""
    made: dict[str, list[Any]] = {}
    for key, one in rows:
        for name, value in _row(key, one).items():
            made.setdefault(name, []).append(value)
    types = {"near": pa.list_(pa.string()), "birth": pa.date32()}
    names = _row("", Traits())
    return pa.table({name: pa.array(made.get(name, []), types.get(name, pa.string())) for name in names})


def _row(key: str, one: Traits) -> dict[str, Any]:
    return {
        "unique_id": key, "name": one.name or None, "turned": one.turned or None, "sounded": one.sounded or None,
        "near": sorted(one.near), "sex": one.sex or None, "birth": one.birth, "born": one.born or None,
        "born_turned": one.born_turned or None, "year": one.born[:4] or None, "phone": one.phone or None,
        "place": one.place or None, "street": one.place[:STREET] or None, "county": one.place[:COUNTY] or None,
        "home": one.home or None, "household": one.household or None, "identity": one.identity or None,
    }  # fmt: skip


def settings(
    model: Model | None, residents: int, blocks: Iterable[tuple[str, ...]] = BLOCKS
) -> dict[str, Any]:
    """Splink's settings; with a model its weights, without one ready for training."""
    chance = 2 ** model.prior(residents) if model else 0.9 / residents
    return SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(field.code, model) for field in COMPARISONS],
        blocking_rules_to_generate_predictions=[block_on(*names) for names in blocks],
        probability_two_random_records_match=chance / (1 + chance) if model else chance,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    ).create_settings_dict("duckdb")


def linker(residents: pa.Table, records: pa.Table, model: Model | None) -> Linker:
    """A linker over both tables, with the residents' frequencies of names."""
    api = DuckDBAPI()
    tables = [
        api.register(residents, dataset_display_name="residents"),
        api.register(records, dataset_display_name="records"),
    ]
    made = Linker(tables, settings(model, residents.num_rows), log_level=None)
    shares = frequencies(residents)
    made.table_management.register_term_frequency_lookup(api.register(shares), "name")
    return made


def frequencies(residents: pa.Table) -> pa.Table:
    """Name -> share of the residents that are called so."""
    counted = residents.filter(pc.is_valid(residents["name"])).group_by("name").aggregate([("name", "count")])
    shares = pc.divide(counted["name_count"].cast(pa.float64()), float(residents.num_rows))
    return pa.table({"name": counted["name"], "tf_name": shares})


class Weighed(NamedTuple):
    """`pairs`: those of enough weight, columns `unique_id_l`, `unique_id_r`, `source_dataset_l`, `match_weight`.

    `compared`: how many agreed on a block and were weighed.
    """

    pairs: pa.Table
    compared: int


def weigh(residents: pa.Table, records: pa.Table, model: Model, least: float) -> Weighed:
    """Every pair of a record and a resident that agree on a block, of at least the weight `least`."""
    made = linker(residents, records, model)
    blocked = made.inference.compute_blocked_pairs_for_predict().as_duckdbpyrelation()
    compared = int(blocked.count("*").fetchall()[0][0])
    found = made.inference.predict(threshold_match_weight=least)
    return Weighed(found.as_duckdbpyrelation().to_arrow_table(), compared)


def _comparison(code: str, model: Model | None) -> dict[str, Any]:
    known = _KNOWN.get(code, code)
    empty = f"{known}_l IS NULL OR {known}_r IS NULL"
    levels: list[dict[str, Any]] = [
        {"sql_condition": empty, "label_for_charts": UNKNOWN, "is_null_level": True}
    ]
    for level, condition in {**_SQL[code], ELSE: "ELSE"}.items():
        one: dict[str, Any] = {"sql_condition": condition, "label_for_charts": level}
        if (code, level) == ("name", "exact"):
            one |= {"tf_adjustment_column": "name", "tf_adjustment_weight": 1.0}
        if model:
            one |= {"m_probability": model.m[code][level], "u_probability": model.u[code][level]}
        levels.append(one)
    return {"output_column_name": code, "comparison_levels": levels}


def train(
    residents: pa.Table, records: pa.Table, *, version: str, trained_on: str, known_share: float, seed: int
) -> Model:
    """Learn the weights: u from random pairs, m by expectation-maximisation on pairs that agree on SESSIONS."""
    made = linker(residents, records, None)
    made.training.estimate_u_using_random_sampling(max_pairs=SAMPLE, seed=seed)
    for names in SESSIONS:
        made.training.estimate_parameters_using_expectation_maximisation(
            block_on(*names), fix_u_probabilities=True, estimate_without_term_frequencies=True
        )
    learnt = made.misc.save_model_to_json()
    m, u = _learnt(learnt, "m_probability"), _learnt(learnt, "u_probability")
    return Model(version, trained_on, known_share, m, u)


def _learnt(saved: Mapping[str, Any], which: str) -> dict[str, dict[str, float]]:
    """Field -> level -> probability; what was never seen is as rare as anything can be."""
    found = {}
    for comparison in saved["comparisons"]:
        levels = {one["label_for_charts"]: one.get(which) for one in comparison["comparison_levels"][1:]}
        found[comparison["output_column_name"]] = {
            level: max(float(p or 0), LEAST[which]) for level, p in levels.items()
        }
    return found


assert {field.code: [level.code for level in field.levels] for field in COMPARISONS} == {
    code: list(levels) for code, levels in _SQL.items()
}, "every level has its SQL"
