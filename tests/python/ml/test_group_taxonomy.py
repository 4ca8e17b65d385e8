"""The product groups and the read labels, and how well readings and tiers agree."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from lakehouse.errors import LakehouseError
from ml.groups.labels import Part, of_part, read_labels, sample
from ml.groups.scores import cohens_kappa, f1_by_group, macro_f1
from ml.groups.taxonomy import PRODUCT_GROUPS, ProductGroup, Taxonomy

TAXONOMY = Taxonomy.read()
LABELS = read_labels(TAXONOMY)
# Easter's products sell at Easter alone, and would hide in Christmas; `other` is what is left over.
SMALL_GROUPS = {"seasonal", "other"}
HEADER = "description,part,first_group_id,second_group_id,group_id\n"


def test_there_are_enough_groups_and_labels_to_judge_by() -> None:
    assert 15 <= len(TAXONOMY.groups) <= 25
    assert len(LABELS) >= 600
    for part in Part:
        assert {label.group_id for label in of_part(LABELS, part)} == TAXONOMY.ids
    assert len(of_part(LABELS, Part.TEST)) >= 0.6 * len(LABELS)


def test_no_group_is_too_small_but_for_a_reason() -> None:
    counts = Counter(label.group_id for label in LABELS)
    small = {group for group, count in counts.items() if count < 0.02 * len(LABELS)}
    assert small == SMALL_GROUPS


def test_two_readings_agree_and_settle_only_what_they_differ_in() -> None:
    first = [label.first_group_id for label in LABELS]
    second = [label.second_group_id for label in LABELS]
    assert 0.9 < cohens_kappa(first, second) < 1
    for label in LABELS:
        assert label.group_id in (label.first_group_id, label.second_group_id)


def test_an_example_of_a_group_is_not_in_the_test_part() -> None:
    """Examples are read by whoever tells groups, an endpoint too."""
    examples = {text for group in TAXONOMY.groups for text in group.examples.split("; ")}
    assert len(examples) > len(TAXONOMY.groups)
    assert examples & {label.description for label in of_part(LABELS, Part.TEST)} == set()


def test_an_example_is_of_one_group() -> None:
    examples = Counter(text for group in TAXONOMY.groups for text in group.examples.split("; "))
    assert [text for text, count in examples.items() if count > 1] == []


@pytest.mark.skipif("REAL_DATA_DIR" not in os.environ, reason="REAL_DATA_DIR is not set")
def test_the_labels_are_of_the_sample_that_the_seed_draws() -> None:
    """Names as `int_online_retail__products` gives them, of products with a sale."""
    path = Path(os.environ["REAL_DATA_DIR"]) / "online_retail" / "online_retail_II.csv"
    names = duckdb.execute(
        r"""
        with lines as (
            select
                upper(trim(StockCode)) as product_id,
                nullif(trim(Description), '') as description,
                cast(Price as double) > 0
                and cast(Quantity as bigint) > 0
                and not regexp_matches(upper(trim(Invoice)), '^[AC]')
                and regexp_matches(upper(trim(StockCode)), '^[0-9]{5}[A-Z]*$') as is_sale
            from (select distinct * from read_csv(?, all_varchar = true))
        ),
        named as (
            select product_id, description, count_if(is_sale) as sale_count
            from lines
            group by product_id, description
            qualify row_number() over (
                partition by product_id
                order by description is null, sale_count desc, description
            ) = 1
        )
        select description, min(product_id) from named where sale_count > 0 group by all
        """,
        [str(path)],
    ).fetchall()
    assert {label.description: label.part for label in LABELS} == sample(dict(names))


def test_a_sample_is_the_same_whatever_the_order_and_grows_without_changing_who_is_in_it() -> None:
    names = {f"NAME {number}": f"{10_000 + number // 3}A" for number in range(300)}
    backwards = dict(reversed(names.items()))
    drawn = sample(names, 100)
    assert drawn == sample(backwards, 100)
    assert drawn.items() <= sample(names, 200).items()
    assert len(drawn) == 100
    assert len(sample(names, 1000)) == 300


def test_products_of_one_stock_number_are_in_one_part() -> None:
    names = {
        f"NAME {number}": f"{10_000 + number // 3}{'ABC'[number % 3]}" for number in range(600)
    }
    parts: dict[str, set[Part]] = {}
    for name, part in sample(names, 600).items():
        parts.setdefault(names[name][:5], set()).add(part)
    assert all(len(part) == 1 for part in parts.values())
    developed = sum(part == {Part.DEVELOPMENT} for part in parts.values())
    assert 0.2 < developed / len(parts) < 0.47


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEADER, "no labels"),
        ("", "no seed"),
        ("description,group_id\nRED MUG,drinkware\n", "has the columns"),
        (HEADER + "RED MUG,test,drinkware,drinkware\n", "row 1 has an empty or missing cell"),
        (HEADER + "RED MUG,test,drinkware,,drinkware\n", "row 1 has an empty or missing cell"),
        (HEADER + "RED MUG,test,drinkware,drinkware,mugs\n", "a group of RED MUG is unknown"),
        (HEADER + "RED MUG,train,drinkware,drinkware,drinkware\n", "of RED MUG is unknown"),
        (HEADER + "RED MUG,test,drinkware,drinkware,drinkware\n" * 2, "has two labels"),
        (HEADER + '"RED MUG,test\n', "no seed"),
    ],
)
def test_labels_of_another_form_are_one_sentence(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LakehouseError, match=problem):
        read_labels(TAXONOMY, path)


def test_a_taxonomy_without_other_or_with_a_group_twice_is_refused() -> None:
    mugs, other = ProductGroup("mugs", "a", "b", "c"), ProductGroup("other", "d", "e", "f")
    with pytest.raises(LakehouseError, match="no group other"):
        Taxonomy((mugs,))
    with pytest.raises(LakehouseError, match="twice"):
        Taxonomy((mugs, other, mugs))
    with pytest.raises(LakehouseError, match=r"nowhere\.csv is no seed"):
        Taxonomy.read(PRODUCT_GROUPS.with_name("nowhere.csv"))


# Of 50 proposals two readers accept 20 together and refuse 15 together: 0.7 observed, 0.5 expected.
KAPPA_PAIRS = (
    [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
)


def test_kappa_is_the_agreement_beyond_chance() -> None:
    first, second = zip(*KAPPA_PAIRS, strict=True)
    assert cohens_kappa(first, second) == pytest.approx(0.4)
    assert cohens_kappa(first, first) == 1
    assert cohens_kappa("aabb", "abab") == 0
    assert cohens_kappa("ab", "ba") == -1
    assert cohens_kappa("aa", "aa") == 1


def test_macro_f1_is_the_mean_over_groups_that_are_or_were_told() -> None:
    actual, told = "aaabbc", "aabbbd"
    # a: precision 1, recall 2/3; b: 2/3, 1; c is never told, d is never there.
    assert f1_by_group(actual, told) == pytest.approx({"a": 0.8, "b": 0.8, "c": 0, "d": 0})
    assert macro_f1(actual, told) == pytest.approx(0.4)
    assert macro_f1(actual, actual) == 1


@pytest.mark.parametrize("score", [macro_f1, cohens_kappa])
@pytest.mark.parametrize(("one", "other"), [([], []), (["a"], []), (["a"], ["a", "a"])])
def test_nothing_or_unequal_numbers_cannot_be_compared(
    score: object, one: Sequence[str], other: Sequence[str]
) -> None:
    assert callable(score)
    with pytest.raises(LakehouseError, match="cannot be compared"):
        score(one, other)
