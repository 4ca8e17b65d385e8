"""What was planted for models to find is in the files, by the models' own functions; no Spark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_array, csr_array

from lakehouse.generate import GeneratedFile, rees46, shopify, shopping_trends, thelook
from lakehouse.generate.online_retail_customers import PLANTED_SEGMENTS
from ml.groups.rules import Rules
from ml.groups.taxonomy import Taxonomy
from ml.lifetime import bg_nbd
from ml.lifetime.history import History
from ml.metrics import AreaUnderRoc, Mean
from ml.promotion import Rule, judge
from ml.ranking import hits, ndcg
from ml.recommender.rankings import Histories, Neighbours, Popularity, Ranking

Table = Callable[[str, str], pd.DataFrame]
near = pytest.approx


@pytest.fixture(scope="module")
def table(sample: tuple[Path, list[GeneratedFile]]) -> Table:
    """What reads one file of one shop, every cell as text."""

    def read(shop: str, name: str) -> pd.DataFrame:
        return pd.read_csv(sample[0] / shop / name, dtype=str, keep_default_na=False)

    return read


@pytest.fixture(scope="module")
def bought(table: Table) -> pd.DataFrame:
    """The wholesaler's lines of known customers: customer, order, item, day, amount."""
    lines = table("online_retail", "online_retail_II.csv").drop_duplicates()
    lines = lines[(lines["Customer ID"] != "") & lines.Invoice.str.fullmatch(r"\d+")]
    lines = lines[lines.StockCode.str.fullmatch(r"\d{5}[A-Za-z]*") & (lines.Country != "")]
    price = pd.to_numeric(lines.Price, errors="coerce")
    amount = pd.to_numeric(lines.Quantity) * price
    # The order of 80,995 pieces is cancelled at once.
    lines = lines[(amount > 0) & (amount < 10_000)]
    return pd.DataFrame(
        {
            "customer": lines["Customer ID"],
            "order": lines.Invoice,
            "item": lines.StockCode.str.upper(),
            "day": pd.to_datetime(lines.InvoiceDate).dt.normalize(),
            "amount": amount[lines.index],
        }
    )


def history(days: pd.DataFrame) -> History:
    """Of customers' purchase days: columns customer and day, each pair once."""
    known = days.groupby("customer").day.agg(["min", "max", "size"])
    end = days.day.max()
    since = [(known["max"] - known["min"]).dt.days, (end - known["min"]).dt.days]
    recency, age = (np.asarray(d, dtype=np.float64) / 7 for d in since)
    return History(
        customer_keys=known.index.to_numpy(),
        frequency=np.asarray(known["size"] - 1, dtype=np.float64),
        recency=recency,
        age=age,
        mean_value=np.zeros(len(known)),
        end=end.date(),
        unit="weeks",
    )


def test_online_retail_has_rates_of_its_own_for_each_customer_and_some_leave(
    bought: pd.DataFrame,
) -> None:
    fitted, _ = bg_nbd.fit(history(bought[["customer", "day"]].drop_duplicates()))
    # The coefficient of variation of a gamma is r ** -0.5: rates differ by more than their mean.
    assert fitted.r < 1.5
    assert 0.02 < fitted.a / (fitted.a + fitted.b) < 0.5


def test_online_retail_has_segments(bought: pd.DataFrame) -> None:
    lines = bought.groupby(["customer", "order"]).size().transform(np.log)
    orders = lines.groupby("customer").agg(["mean", "var", "size"])
    orders = orders[orders["size"] >= 3]
    # What customers differ by, beyond what the chance of their invoices explains.
    by_chance = (orders["var"] / orders["size"]).mean()
    planted = np.array(list(PLANTED_SEGMENTS.values()))
    share, _, factor = planted.T
    spread = share @ np.log(factor) ** 2 - (share @ np.log(factor)) ** 2
    assert orders["mean"].var() - by_chance == near(spread, rel=0.5)
    assert orders["size"].std() > 0.8 * orders["size"].mean()


def matrix(rows: pd.DataFrame, customers: list[str], items: list[str]) -> csr_array[Any]:
    """(customers, items), how often each bought each."""
    place = (
        pd.Categorical(rows.customer, customers).codes,
        pd.Categorical(rows["item"], items).codes,
    )
    shape = (len(customers), len(items))
    return csr_array(coo_array((np.ones(len(rows)), place), shape=shape))


def cosines(met: csr_array[Any]) -> csr_array[Any]:
    """(items, items), the cosine of their customers, damped; 0 of an item itself."""
    both = np.asarray((met.T @ met).todense(), dtype=np.float64)
    lengths = np.sqrt(both.diagonal())
    near_ones = both / (np.outer(lengths, lengths) + 20)
    np.fill_diagonal(near_ones, 0.0)
    return csr_array(near_ones)


def gain_over_popularity(rows: pd.DataFrame, keeps_bought: bool) -> float:
    """The lower bound of what neighbours gain in NDCG@10 over what is popular.

    Args:
        rows: columns customer, order, day and item; the last order of each customer is held out.
        keeps_bought: whether lists may hold what was bought before.
    """
    rows = rows.sort_values(["day", "order"])
    is_last = rows.order == rows.groupby("customer").order.transform("last")
    past, later = rows[~is_last], rows[is_last]
    customers = sorted(set(past.customer) & set(later.customer))
    items = sorted(set(past["item"]))
    later = later[later.customer.isin(customers) & later["item"].isin(items)]
    customers = sorted(set(later.customer))
    met = matrix(past[past.customer.isin(customers)], customers, items)
    everybody = matrix(past, sorted(set(past.customer)), items).sign()
    relevant = matrix(later, customers, items)
    popularity = np.asarray(everybody.sum(axis=0), dtype=np.float64)
    counts = np.asarray(relevant.sign().sum(axis=1), dtype=np.int64)

    def score(base: Neighbours | Popularity) -> Mean:
        ranking = Ranking(base, popularity, 1.0 if keeps_bought else 0.0, keeps_bought)
        lists, _ = ranking.lists(Histories(met, met), 10)
        return Mean(ndcg(hits(lists, relevant), counts))

    rule = Rule(metric="ndcg_at_10", baseline="popularity", margin=0.0)
    verdict = judge(rule, score(Neighbours(cosines(everybody))), score(Popularity(popularity)))
    return float(verdict.lower)


def test_online_retail_has_tastes(bought: pd.DataFrame) -> None:
    assert gain_over_popularity(bought, keeps_bought=True) > 0


def test_thelook_customers_come_back_to_a_category(table: Table) -> None:
    items, products = table("thelook", thelook.ORDER_ITEMS), table("thelook", thelook.PRODUCTS)
    kind = products.set_index("id")
    key = items.product_id.map(kind.department) + items.product_id.map(kind.category)
    rows = items.assign(category=key, department=items.product_id.map(kind.department))
    shares = rows.groupby("department").category.value_counts(normalize=True)
    by_chance = float((shares**2).groupby("department").sum().mean())
    pairs = rows.merge(rows, on="user_id")
    pairs = pairs[pairs.order_id_x < pairs.order_id_y]
    assert len(pairs) > 3_000
    assert (pairs.category_x == pairs.category_y).mean() > 2 * by_chance


def test_rees46_visitors_come_back_to_a_category(table: Table) -> None:
    events = pd.concat([table("rees46", name) for name in rees46.FILES])
    is_visitor = (events.category_code != "") & (events.user_id != str(rees46.ROBOT_USER_ID))
    visits = events[is_visitor].groupby(["user_id", "user_session"]).category_code.first()
    shares = visits.value_counts(normalize=True)
    rows = visits.reset_index()
    again = rows.user_id == rows.user_id.shift()
    same = (rows.category_code == rows.category_code.shift())[again].mean()
    assert same > 1.5 * float((shares**2).sum())


@pytest.fixture(scope="module")
def survey(table: Table) -> pd.DataFrame:
    """The rows of the survey of shoppers."""
    return table("shopping_trends", shopping_trends.FILE)


def test_promo_codes_hang_on_more_than_gender(survey: pd.DataFrame) -> None:
    men = survey[survey.Gender == "Male"]
    uses = (men["Promo Code Used"] == "Yes").to_numpy()
    is_of_age = men.Age.astype(int).between(*shopping_trends.PLANTED_PROMO_AGES).to_numpy()
    is_category = (men.Category == shopping_trends.PLANTED_PROMO_CATEGORY).to_numpy()
    for group, lean in (
        (is_of_age, shopping_trends.PLANTED_PROMO_AGE_LEAN),
        (is_category, shopping_trends.PLANTED_PROMO_CATEGORY_LEAN),
    ):
        assert uses[group].mean() - uses[~group].mean() == near(2 * lean, abs=0.06)
    # A line over age does not see that both the young and the old use fewer.
    known = AreaUnderRoc(uses, np.asarray(is_of_age + 0.5 * is_category, dtype=np.float64))
    by_line = AreaUnderRoc(uses, np.asarray(men.Age.astype(float), dtype=np.float64))
    once = np.ones((1, len(uses)))
    assert known.scores(once)[0] > 0.65
    assert abs(by_line.scores(once)[0] - 0.5) < 0.05


def test_women_and_men_buy_other_items(survey: pd.DataFrame) -> None:
    is_man = survey.Gender == "Male"
    for of_women, of_men in shopping_trends.DATA.gender_items:
        both = survey["Item Purchased"].isin([of_women, of_men])
        share = (survey["Item Purchased"] == of_men)[both].groupby(is_man).mean()
        lean = shopping_trends.PLANTED_GENDER_LEAN / 2
        assert share[True] == near(0.5 + lean, abs=0.1)
        assert share[False] == near(0.5 - lean, abs=0.12)


def test_ratings_are_alike_for_every_product_and_gender(survey: pd.DataFrame) -> None:
    rating = survey["Review Rating"].astype(float)
    for key in ("Item Purchased", "Gender"):
        groups = rating.groupby(survey[key]).agg(["mean", "size"])
        z = (groups["mean"] - rating.mean()) / (rating.std() / np.sqrt(groups["size"]))
        assert float(z.abs().max()) < 4


def sales_a_day(days: pd.Series[Any]) -> tuple[Any, Any]:
    """Sales of each day without gaps, and their mean by weekday and by month, by the mean day."""
    counts = days.value_counts().sort_index()
    every = counts.reindex(pd.date_range(counts.index[0], counts.index[-1]), fill_value=0)
    index = every.index.to_series()
    by_weekday = every.groupby(index.dt.dayofweek).mean() / every.mean()
    return by_weekday, every.groupby(index.dt.month).mean() / every.mean()


def test_daily_demand_has_weeks_and_years(bought: pd.DataFrame, table: Table) -> None:
    by_weekday, by_month = sales_a_day(bought.day)
    assert by_weekday[5] < 0.1
    assert by_month[11] > 1.5 * by_month[2]
    orders = table("shopify", shopify.ORDERS).drop_duplicates("Name")
    days = pd.to_datetime(orders["Created at"].str[:10])
    by_weekday, by_month = sales_a_day(days)
    assert by_weekday[[5, 6]].mean() > 1.15 * by_weekday[:5].mean()
    assert by_month[12] > 1.5 * by_month[[1, 2]].mean()
    made = table("thelook", thelook.ORDERS).created_at
    _, by_month = sales_a_day(pd.to_datetime(made[made != ""].str[:10]))
    assert by_month.max() > 1.2 * by_month.min()


def test_keywords_tell_the_group_of_most_products(table: Table) -> None:
    rules = Rules.read(Taxonomy.read().ids)
    # The words are those of a giftware shop.
    for shop, name, column, least in (
        ("online_retail", "online_retail_II.csv", "Description", 0.9),
        ("thelook", thelook.PRODUCTS, "name", 0.5),
        ("shopify", shopify.PRODUCTS, "Title", 0.5),
    ):
        names = sorted(set(table(shop, name)[column]) - {""})
        told = [match.group_id for text in names if (match := rules.match(text))]
        assert len(told) > least * len(names), shop
        assert len(set(told)) >= 3, shop
