"""The users of thelook: names, places and when they signed up."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from lakehouse.generate.csv_lines import (
    Lines,
    blank_unless,
    concat,
    from_columns,
    integers,
    listed,
    quoted,
    strings,
    take,
    timestamps,
)
from lakehouse.generate.seeds import Flags, Floats, Int64s, generator, pick
from lakehouse.generate.thelook_places import PLACES

HEADER = (
    "id",
    "first_name",
    "last_name",
    "email",
    "age",
    "gender",
    "state",
    "street_address",
    "postal_code",
    "city",
    "country",
    "latitude",
    "longitude",
    "traffic_source",
    "created_at",
    "user_geom",
)
# thelook full export.
TRAFFIC_SOURCES = {"Search": 70, "Organic": 15, "Facebook": 6, "Email": 5, "Display": 4}
NULL_CITY_SHARE = 958 / 100_000
NULL_CREATED_SHARE = 0.005
"""The export has 2.4% without a time; fewer here, so that few rows drop out of analyses."""
YOUNGEST, OLDEST = 12, 70
ZONE = ".000000 UTC"

WOMEN_NAMES = listed(
    "Suzanne,Rebecca,Haley,Dawn,Jennifer,Linda,Sara,Erika,Stefanie,Natalie,Nicole,Sonya,Kristin,"
    "Barbara,Ashley,Regina,Crystal,Natasha,Maria,Laura,Emily,Hannah,Olivia,Grace,Chloe,Julia,"
    "Diana,Teresa,Monica,Paula"
)
MEN_NAMES = listed(
    "David,Dylan,Brandon,Austin,Bruce,Christopher,Joseph,Michael,Matthew,Eugene,Daniel,James,"
    "Robert,Thomas,Kevin,Brian,Steven,Eric,Adam,Samuel,Peter,Jack,Luis,Carlos,Antonio,Mark,"
    "Patrick,Sean,Victor,Walter"
)
LAST_NAMES = listed(
    "Mejia,Evans,Lee,Lewis,Dennis,Hayes,Clark,Malone,Cannon,Wilson,Costa,Diaz,Peter,Rogers,Browning,"
    "Cooper,Martin,Brown,Campbell,Sullivan,Bennett,Ramos,Jones,Garcia,Frye,Rodriguez,Nelson,Page,"
    "Gray,Graham,Anderson,Smith,Taylor,Walker,Young,King,Wright,Hill,Green,Baker,Carter,Mitchell,"
    "Turner,Parker,Collins,Stewart,Morris,Murphy,Cook,Bell"
)
STREET_ENDS = listed("Street,Avenue,Road,Drive,Lane,Court,Mall,Pass,Spur,Port,Mission,Estate")
DOMAINS = ("example.com", "example.net", "example.org")
_SPOTS_PER_PLACE = 24


@dataclass(frozen=True)
class Spots:
    """Addresses that users share: a few for each place; one text per spot in each column."""

    state: pa.StringArray
    postal: pa.StringArray
    city: pa.StringArray
    country: pa.StringArray
    position: pa.StringArray
    point: pa.StringArray
    weights: Floats


@dataclass(frozen=True)
class Users:
    """Users, one value each.

    Attributes:
        ids: 1 and up.
        department: 0 for women, 1 for men.
        created: seconds since 1970 of their signing up.
        spot: index into the spots.
        city: the city as their rows write it, `null` for some.
        lines: their rows.
    """

    ids: Int64s
    department: Int64s
    created: Int64s
    spot: Int64s
    city: pa.StringArray
    lines: Lines


@cache
def spots(seed: int) -> Spots:
    """Return the addresses; the same for the same seed."""
    rng = generator(seed, "thelook", "spots")
    near = [(place, n) for place in PLACES for n in range(_SPOTS_PER_PLACE)]
    digits = rng.integers(0, 10, (len(near), 8)).tolist()
    shift = rng.normal(0.0, 0.06, (len(near), 2)).tolist()
    points = [
        (round(place.latitude + north, 9), round(place.longitude + east, 9))
        for (place, _), (north, east) in zip(near, shift, strict=True)
    ]
    return Spots(
        state=quoted(place.state for place, _ in near),
        postal=strings(
            _filled(place.postal, row) for (place, _), row in zip(near, digits, strict=True)
        ),
        city=quoted(place.city for place, _ in near),
        country=quoted(place.country for place, _ in near),
        position=strings(f"{latitude},{longitude}" for latitude, longitude in points),
        point=strings(f"POINT({longitude} {latitude})" for latitude, longitude in points),
        weights=np.array([place.weight for place, _ in near], dtype=np.float64),
    )


def users(rng: np.random.Generator, first_id: int, created: Int64s, seed: int) -> Users:
    """Return users who signed up at the given times, with ids from `first_id` on."""
    count = len(created)
    places = spots(seed)
    ids = np.arange(first_id, first_id + count, dtype=np.int64)
    is_man = rng.integers(0, 2, count)
    first = np.where(
        is_man == 1,
        len(WOMEN_NAMES) + rng.integers(0, len(MEN_NAMES), count),
        rng.integers(0, len(WOMEN_NAMES), count),
    )
    first_names = [*WOMEN_NAMES, *MEN_NAMES]
    last = rng.integers(0, len(LAST_NAMES), count)
    spot = pick(rng, places.weights, count)
    has_city = rng.random(count) >= NULL_CITY_SHARE
    city = take(_with_null(places.city), np.where(has_city, spot, len(places.city)))
    street = concat(
        integers(rng.integers(1, 99_999, count)),
        " ",
        take(strings(LAST_NAMES), rng.integers(0, len(LAST_NAMES), count)),
        " ",
        take(strings(STREET_ENDS), rng.integers(0, len(STREET_ENDS), count)),
    )
    sources = pick(rng, np.array(list(TRAFFIC_SOURCES.values()), dtype=np.float64), count)
    lines = from_columns(
        [
            integers(ids),
            take(strings(first_names), first),
            take(strings(LAST_NAMES), last),
            concat(
                take(strings(name.lower() for name in first_names), first),
                take(strings(name.lower() for name in LAST_NAMES), last),
                "@",
                take(strings(DOMAINS), rng.integers(0, len(DOMAINS), count)),
            ),
            integers(rng.integers(YOUNGEST, OLDEST + 1, count)),
            take(strings(["F", "M"]), is_man),
            take(places.state, spot),
            street,
            take(places.postal, spot),
            city,
            take(places.country, spot),
            take(places.position, spot),
            take(strings(TRAFFIC_SOURCES), sources),
            moments(created, rng.random(count) >= NULL_CREATED_SHARE),
            take(places.point, spot),
        ]
    )
    return Users(ids, is_man, created, spot, city, lines)


def moments(seconds: Int64s, present: Flags | None = None) -> pa.StringArray:
    """Return seconds since 1970 as `2024-10-25 07:09:00.000000 UTC`, empty where not present."""
    text = concat(timestamps(seconds), ZONE)
    return text if present is None else blank_unless(text, present)


def _with_null(cities: pa.StringArray) -> pa.StringArray:
    return strings([*(str(city) for city in cities.to_pylist()), "null"])


def _filled(postal: str, digits: list[int]) -> str:
    for digit in digits:
        postal = postal.replace("#", str(digit), 1)
    return postal
