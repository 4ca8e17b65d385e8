"""Team-draft interleaving: by hand, fair to either ranking, and able to tell the better one."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import binomtest

from lakehouse.errors import LakehouseError
from ml.experiments.boundaries import Floats
from ml.experiments.interleaving import CLICKS, Preference, credit, preference, team_draft

FIRST = [f"item-{number}" for number in range(12)]
SECOND = [f"item-{number}" for number in (3, 0, 14, 1, 15, 2, 16, 17, 9, 5, 18, 19)]
LISTS = 2000


def test_a_draft_by_hand() -> None:
    lists = {team_draft(["a", "b", "c"], ["b", "a", "d"], 4, seed) for seed in range(50)}
    assert {(shown.items, shown.teams) for shown in lists} == {
        (("a", "b", "c", "d"), ("first", "second", "first", "second")),
        (("a", "b", "d", "c"), ("first", "second", "second", "first")),
        (("b", "a", "c", "d"), ("second", "first", "first", "second")),
        (("b", "a", "d", "c"), ("second", "first", "second", "first")),
    }


def test_the_seed_decides() -> None:
    assert team_draft(FIRST, SECOND, 10, "als/ann/1") == team_draft(FIRST, SECOND, 10, "als/ann/1")
    assert len({team_draft(FIRST, SECOND, 10, seed) for seed in range(40)}) > 10


@pytest.mark.parametrize("seed", range(20))
def test_no_item_twice_and_teams_differ_by_one_at_most(seed: int) -> None:
    shown = team_draft(FIRST, SECOND, 7, seed)
    assert len(set(shown.items)) == 7
    assert sorted(Counter(shown.teams).values()) == [3, 4]


def test_short_rankings_make_short_lists() -> None:
    assert team_draft([], SECOND, 10, 1).items in ((), ("item-3",))
    assert set(team_draft(["a"], ["b"], 10, 1).items) == {"a", "b"}
    assert team_draft(FIRST, SECOND, 0, 1).items == ()


def test_each_place_belongs_to_either_ranking_as_often() -> None:
    teams = [team_draft(FIRST, SECOND, 9, f"place/{seed}").teams for seed in range(LISTS)]
    share = (np.array(teams) == "first").mean(axis=0)
    # Four standard deviations.
    assert share == pytest.approx(np.full(9, 0.5), abs=4 * 0.5 / np.sqrt(LISTS))


def test_random_clicks_prefer_neither() -> None:
    found = _clicked(np.full(10, 0.3), {}, LISTS)
    assert found.margin == pytest.approx(0, abs=0.04)
    assert found.interval[0] < 0.5 < found.interval[1]
    assert found.p_value > 0.05
    assert found.first_wins + found.second_wins + found.ties == LISTS


def test_clicks_near_the_top_prefer_neither() -> None:
    found = _clicked(0.6 / np.arange(1, 11), {}, LISTS)
    assert found.p_value > 0.05


def test_the_ranking_with_the_wanted_items_wins() -> None:
    found = _clicked(np.full(10, 0.2), {item: 2.0 for item in SECOND if item not in FIRST}, 1500)
    assert found.p_value < 0.001
    assert found.interval[1] < 0.5
    assert found.margin < 0


def test_a_unit_has_one_vote() -> None:
    units = ["ann", "ann", "ann", "bob", "cid", "dee"]
    found = preference(_clicks(units, [1, 0, 0, 1, 0, 2], [0, 1, 1, 0, 0, 0]))
    assert (found.first_wins, found.second_wins, found.ties) == (2, 1, 1)
    assert found.margin == pytest.approx(0.125)
    assert found.first_share == pytest.approx(2 / 3)


@pytest.mark.parametrize(("wins", "losses"), [(9, 3), (0, 6), (7, 0), (40, 40)])
def test_the_sign_test_and_its_interval_are_scipys(wins: int, losses: int) -> None:
    units = [str(number) for number in range(wins + losses)]
    table = _clicks(units, [1] * wins + [0] * losses, [0] * wins + [1] * losses)
    found = preference(table, alpha=0.1)
    exact = binomtest(wins, wins + losses)
    assert found.p_value == pytest.approx(exact.pvalue)
    low, high = exact.proportion_ci(0.9, "exact")
    assert found.interval == pytest.approx((low, high))


def test_no_clicks_are_no_preference() -> None:
    for table in (_clicks(["ann"], [1], [1]), CLICKS.empty_table()):
        with pytest.raises(LakehouseError, match="No unit clicked more"):
            preference(table)
    with pytest.raises(LakehouseError, match="The clicks lack second_clicks"):
        preference(CLICKS.empty_table().drop_columns("second_clicks"))


def _clicks(units: list[str], first: list[int], second: list[int]) -> pa.Table:
    columns: dict[str, list[Any]] = {
        "unit_id": units,
        "first_clicks": first,
        "second_clicks": second,
    }
    return pa.table(columns, schema=CLICKS)


def _clicked(chances: Floats, wanted: dict[str, float], lists: int) -> Preference:
    """The preference where each place is clicked with its chance, wanted items more often."""
    generator = np.random.default_rng(9)
    first, second = [], []
    for number in range(lists):
        shown = team_draft(FIRST, SECOND, len(chances), f"list/{number}")
        factors = np.array([wanted.get(item, 1.0) for item in shown.items])
        hits = generator.random(len(chances)) < chances * factors
        credits = credit(shown, {item for item, hit in zip(shown.items, hits, strict=True) if hit})
        first.append(credits[0])
        second.append(credits[1])
    return preference(_clicks([str(number) for number in range(lists)], first, second))
