"""Tiles, sums and percentiles of a shop against Spark's own, for any number of partitions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, FileSystemLoader

from lakehouse.session import PROJECT_DIR

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PARTITIONS = [1, 4, 13]

TILES = """
select shop_id, id, {{ tie_safe_ntile(tiles, 'amount', 'amounts') }} as amount_tile,
    {{ tile_that_separates(tiles, '-visits', 'visit_counts') }} as visits_tile
from measured inner join (
    {{ values_at(
        tile_places(tiles), {'amounts': 'amount', 'visit_counts': '-visits'}, 'measured'
    ) }}
) as bounds using (shop_id)
"""
TILES_BY_WINDOW = """
select shop_id, id, min(amount_tile) over (partition by shop_id, amount) as amount_tile,
    if(min(visits) over (partition by shop_id) < max(visits) over (partition by shop_id),
       min(visits_tile) over (partition by shop_id, visits), null) as visits_tile
from (
    select *, ntile({{ tiles }}) over (partition by shop_id order by amount, id) as amount_tile,
        ntile({{ tiles }}) over (partition by shop_id order by -visits, id) as visits_tile
    from measured
)
"""
TILES_OF_RANKS = """
select shop_id, id, {{ tie_safe_ntile(tiles, 'amount_rank', row_count='row_count') }} as amount_tile
from (
    select *, rank() over (partition by shop_id order by amount) as amount_rank,
        count(*) over (partition by shop_id) as row_count
    from measured
)
"""
RUNNING_SUMS = """
with cut as (select *, {{ range_bucket('amount') }} as bucket from measured),
buckets as (
    select shop_id, bucket, {{ before('count(*)', 'bucket desc') }} as rows_before,
        {{ before('sum(amount)', 'bucket desc') }} as amount_before
    from cut group by shop_id, bucket
)
select shop_id, id,
    rows_before + row_number() over (
        partition by shop_id, bucket order by amount desc, id
    ) as place,
    amount_before + sum(amount) over (
        partition by shop_id, bucket order by amount desc, id
        rows between unbounded preceding and current row
    ) as amount_so_far
from cut inner join buckets using (shop_id, bucket)
"""
RUNNING_SUMS_BY_WINDOW = """
select shop_id, id,
    cast(row_number() over (partition by shop_id order by amount desc, id) as bigint) as place,
    cast(sum(amount) over (
        partition by shop_id order by amount desc, id
        rows between unbounded preceding and current row
    ) as decimal(38, 4)) as amount_so_far
from measured
"""
PERCENTILES = """
select shop_id, {{ percentile_of(percentage, 'amount') }} as amount,
    {{ percentile_of(percentage, 'visits') }} as visits
from (
    {{ values_at(
        percentile_places(percentage), {'amount': 'amount', 'visits': 'visits'}, 'measured'
    ) }}
)
"""
PERCENTILES_OF_SPARK = """
select shop_id, percentile(amount, {{ percentage }}) as amount,
    percentile(visits, {{ percentage }}) as visits
from measured group by shop_id
"""


@pytest.fixture(scope="module", autouse=True)
def measured(spark: SparkSession) -> Iterator[None]:
    """Shops of 1 to 700 rows: many ties, none, nothing but ties, negative and large amounts."""
    draw = random.Random(5)
    rows = [
        (
            f"shop_{size}_{kind}",
            f"{number}",
            _amount(draw, kind),
            draw.randint(1, 4) if size > 9 else 1,
        )
        for size in (1, 2, 3, 4, 5, 6, 9, 43, 700)
        for kind in ("spread", "ties", "same")
        for number in range(size)
    ]
    frame = spark.createDataFrame(
        rows, "shop_id string, id string, amount decimal(18,4), visits int"
    )
    frame.repartition(3).createOrReplaceTempView("measured")
    yield
    spark.catalog.dropTempView("measured")


@pytest.mark.parametrize("tiles", [4, 5])
def test_tiles_are_those_of_ntile_with_ties_in_the_lowest(spark: SparkSession, tiles: int) -> None:
    expected = _rows(spark.sql(_sql(TILES_BY_WINDOW, tiles=tiles)))
    assert {row[-1] for row in expected} == {None, *range(1, tiles + 1)}
    for answer in _answers(spark, _sql(TILES, tiles=tiles)):
        assert answer == expected


def test_a_tile_comes_from_a_rank(spark: SparkSession) -> None:
    expected = _rows(spark.sql(_sql(TILES_BY_WINDOW, tiles=4)).drop("visits_tile"))
    assert _rows(spark.sql(_sql(TILES_OF_RANKS, tiles=4))) == expected


def test_ranks_and_running_sums_go_on_from_bucket_to_bucket(spark: SparkSession) -> None:
    expected = _rows(spark.sql(RUNNING_SUMS_BY_WINDOW))
    for answer in _answers(spark, _sql(RUNNING_SUMS)):
        assert answer == expected


@pytest.mark.parametrize("percentage", [0.5, 0.9, 0.0, 1.0])
def test_percentiles_are_those_of_spark(spark: SparkSession, percentage: float) -> None:
    expected = _rows(spark.sql(_sql(PERCENTILES_OF_SPARK, percentage=percentage)))
    for answer in _answers(spark, _sql(PERCENTILES, percentage=percentage)):
        assert answer == expected


def test_a_larger_number_has_no_lower_bucket(spark: SparkSession) -> None:
    numbers = sorted(
        {
            sign * (base + step)
            for sign in (-1, 1)
            for base in (0, 1, 15, 10**6, 10**13)
            for step in (Decimal(0), Decimal("0.0001"), Decimal("0.01"), Decimal(1))
        }
    )
    values = ", ".join(f"(cast({number} as decimal(38, 4)))" for number in numbers)
    bucket = _sql("{{ range_bucket('number') }}")
    found = spark.sql(f"select number, {bucket} as bucket from values {values} as numbers (number)")
    buckets = [row["bucket"] for row in found.orderBy("number").collect()]
    assert buckets == sorted(buckets)
    assert len(set(buckets)) > 8


def _amount(draw: random.Random, kind: str) -> Decimal:
    if kind == "same":
        return Decimal("12.5")
    if kind == "ties":
        return Decimal(draw.choice(["-3", "0", "0.01", "20", "20.5"]))
    return Decimal(draw.lognormvariate(4, 2)).quantize(Decimal("0.0001")) - 20


def _sql(template: str, **values: object) -> str:
    macros = Environment(loader=FileSystemLoader(PROJECT_DIR / "macros" / "sql"))
    names = (
        "before, percentile_of, percentile_places, range_bucket, tie_safe_ntile, "
        "tile_places, tile_that_separates, values_at"
    )
    return macros.from_string("{% from 'ranks.sql' import " + names + " %}" + template).render(
        values
    )


def _answers(spark: SparkSession, query: str) -> Iterator[list[tuple[object, ...]]]:
    """The answer of a query with one shuffle partition, and with more."""
    before = str(spark.conf.get("spark.sql.shuffle.partitions"))
    try:
        for partitions in PARTITIONS:
            spark.conf.set("spark.sql.shuffle.partitions", partitions)
            yield _rows(spark.sql(query))
    finally:
        spark.conf.set("spark.sql.shuffle.partitions", before)


def _rows(frame: DataFrame) -> list[tuple[object, ...]]:
    return sorted((tuple(row) for row in frame.collect()), key=repr)
