"""What the growth of a build is told as."""

from dataclasses import replace

from bench.growth import Growth, figures_of

SMALL = Growth(
    rows=1_000_000,
    load_seconds=10,
    build_seconds=90,
    load_cpu_seconds=15,
    cpu_seconds=180,
    peak_heap=2**30,
    peak_resident=2**31,
    raw_bytes=10**8,
    lake_bytes=2 * 10**8,
    scratch_bytes=10**7,
)
LARGE = replace(
    SMALL, rows=10_000_000, load_seconds=100, build_seconds=1000, raw_bytes=10**9, scratch_bytes=0
)


def test_a_size_is_compared_with_the_one_before_by_the_million() -> None:
    figures = {figure.name: figure for figure in figures_of(LARGE, SMALL)}

    took = figures["load and build per million, 10,000,000 events"]
    assert (took.value, took.unit, took.compared_with) == (
        110,
        "s",
        "the same at 1,000,000 events",
    )
    assert took.ratio == 1.1
    assert took.command == "python -m bench.growth --rows 1000000 10000000"
    assert figures["the lake on disk, 10,000,000 events"].ratio == 0.2


def test_the_first_size_is_compared_with_nothing() -> None:
    figures = figures_of(SMALL, None)

    assert figures[0].value == 100
    assert (figures[0].compared_with, figures[0].ratio) == (None, None)
