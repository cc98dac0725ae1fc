"""Values and conditions drawn by hypothesis, as packs write them."""

from typing import Any

from hypothesis import strategies as st

LEVELS = ("一级", "二级", "三级")
CATEGORIES = ("低保", "特困", "退休")

Mapping = dict[str, Any]


def yuan(most: int = 5_000) -> st.SearchStrategy[str]:
    """An amount in yuan, often round, sometimes to the fen."""
    return st.one_of(
        st.integers(0, most).map(str),
        st.integers(0, most * 100).map(lambda fen: f"{fen // 100}.{fen % 100:02d}"),
    )


def rates() -> st.SearchStrategy[str]:
    """A plain rate."""
    return st.one_of(
        st.integers(0, 100).map(lambda n: f"{n}%"),
        st.sampled_from(("1/3", "2/7", "0.125", "33.33%", "0", "1")),
    )


def conditions() -> st.SearchStrategy[Mapping]:
    """One or two tests."""
    plain = st.one_of(
        st.fixed_dictionaries({"level": st.lists(st.sampled_from(LEVELS), min_size=1, max_size=2)}),
        st.fixed_dictionaries({"categories": st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=2)}),
        st.fixed_dictionaries(
            {"all_categories": st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=2)}
        ),
        st.integers(1, 80).map(lambda age: {"age": {"from": str(age)}}),
        st.integers(1, 80).map(lambda age: {"age": {"below": str(age)}}),
        st.just({"place": "外地"}),
        st.just({"facts": {"days": {"from": "5"}}}),
        st.just({"money": {"wage": {"below": "5000"}}}),
    )
    return st.one_of(
        plain,
        st.lists(plain, min_size=1, max_size=2).map(lambda rows: {"any": rows}),
        st.lists(plain, min_size=1, max_size=2).map(lambda rows: {"not": rows}),
        st.tuples(plain, plain).map(lambda pair: {**pair[0], **pair[1]}),
    )


def values(plain: st.SearchStrategy[str], fact: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value in any of its forms; `fact` draws the forms that hang on a fact."""
    leaf = st.one_of(
        plain,
        plain.map(lambda text: {"value": text, "clause": "doc#1"}),
        st.fixed_dictionaries(
            {
                "by": st.just("level"),
                "rows": st.dictionaries(st.sampled_from(LEVELS), plain, min_size=1),
                "otherwise": plain,
            }
        ),
        st.tuples(conditions(), plain, plain).map(
            lambda drawn: {"choose": [{"when": drawn[0], "value": drawn[1]}, {"value": drawn[2]}]}
        ),
        fact,
    )
    several = st.lists(leaf, min_size=2, max_size=3)
    return st.one_of(
        leaf,
        several.map(lambda items: {"most": items}),
        several.map(lambda items: {"least": items}),
        several.map(lambda items: {"sum": items}),
        st.tuples(leaf, rates()).map(lambda pair: {"product": [pair[0], pair[1]]}),
    )


def amounts(most: int = 5_000) -> st.SearchStrategy[Any]:
    """A money value."""
    fact = st.one_of(
        st.just({"fact": "wage"}),
        st.tuples(yuan(most), yuan(50)).map(
            lambda pair: {"linear": "days", "base": pair[0], "slope": pair[1]}
        ),
    )
    return values(yuan(most), fact)


def shares() -> st.SearchStrategy[Any]:
    """A rate value."""
    fact = st.integers(0, 80).map(
        lambda base: {"linear": "age", "base": f"{base}%", "slope": "0.2%", "least": "10%", "most": "95%"}
    )
    return values(rates(), fact)
