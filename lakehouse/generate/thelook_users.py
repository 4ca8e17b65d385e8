"""The users of thelook: names, places and when they signed up."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.generate import texts
from lakehouse.generate.seeds import Flags, Floats, Int64s, Rng, generator, pick
from lakehouse.generate.thelook_catalogue import DATA

NULL_CITY_SHARE = 958 / 100_000
"""thelook full export."""
NULL_CREATED_SHARE = 0.005
"""The export has 2.4% without a time; fewer here, so that few rows drop out of analyses."""
YOUNGEST, OLDEST = 12, 70
ZONE = ".000000 UTC"
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
    """Users, one value each."""

    ids: Int64s  # 1 and up
    department: Int64s  # 0 for women, 1 for men
    created: Int64s  # seconds since 1970 of their signing up
    spot: Int64s  # index into the spots
    city: pa.StringArray  # the city as their rows write it, `null` for some
    lines: texts.Lines  # their rows


@cache
def spots(seed: int) -> Spots:
    """Return the addresses; the same for the same seed."""
    rng = generator(seed, "thelook", "spots")
    near = [place for place in DATA.places for _ in range(_SPOTS_PER_PLACE)]
    digits = rng.integers(0, 10, (len(near), 8)).tolist()
    shift = rng.normal(0.0, 0.06, (len(near), 2)).tolist()
    points = [
        (round(place.latitude + north, 9), round(place.longitude + east, 9))
        for place, (north, east) in zip(near, shift, strict=True)
    ]
    return Spots(
        state=texts.quoted(place.state for place in near),
        postal=texts.strings(
            _filled(place.postal, row) for place, row in zip(near, digits, strict=True)
        ),
        city=texts.quoted(place.city for place in near),
        country=texts.quoted(place.country for place in near),
        position=texts.strings(f"{latitude},{longitude}" for latitude, longitude in points),
        point=texts.strings(f"POINT({longitude} {latitude})" for latitude, longitude in points),
        weights=np.array([place.weight for place in near]),
    )


def users(rng: Rng, first_id: int, created: Int64s, seed: int) -> Users:
    """Return users who signed up at the given times, with ids from `first_id` on."""
    count = len(created)
    places = spots(seed)
    ids = np.arange(first_id, first_id + count, dtype=np.int64)
    is_man = rng.integers(0, 2, count)
    man = len(DATA.women) + rng.integers(0, len(DATA.men), count)
    first = np.where(is_man == 1, man, rng.integers(0, len(DATA.women), count))
    first_names = texts.strings([*DATA.women, *DATA.men])
    last = DATA.last_names.draw(rng, count)
    spot = pick(rng, places.weights, count)
    has_city = rng.random(count) >= NULL_CITY_SHARE
    cities = pa.concat_arrays([places.city, texts.strings(["null"])])
    city = texts.take(cities, np.where(has_city, spot, len(places.city)))
    number = texts.integers(rng.integers(1, 99_999, count))
    street = (DATA.last_names.column(rng, count), " ", DATA.streets.column(rng, count))
    source = DATA.user_sources.column(rng, count)
    columns = {
        "id": texts.integers(ids),
        "first_name": texts.take(first_names, first),
        "last_name": DATA.last_names.at(last),
        "email": texts.concat(
            texts.take(pc.ascii_lower(first_names), first),
            texts.take(pc.ascii_lower(DATA.last_names.texts), last),
            "@",
            DATA.domains.column(rng, count),
        ),
        "age": texts.integers(rng.integers(YOUNGEST, OLDEST + 1, count)),
        "gender": texts.either(is_man, "M", "F"),
        "state": texts.take(places.state, spot),
        "street_address": texts.concat(number, " ", *street),
        "postal_code": texts.take(places.postal, spot),
        "city": city,
        "country": texts.take(places.country, spot),
        "latitude,longitude": texts.take(places.position, spot),
        "traffic_source": source,
        "created_at": mostly_known(rng, created),
        "user_geom": texts.take(places.point, spot),
    }
    return Users(ids, is_man, created, spot, city, texts.from_columns(columns))


def moments(seconds: Int64s, present: Flags | None = None) -> pa.StringArray:
    """Return seconds since 1970 as `2024-10-25 07:09:00.000000 UTC`, empty where not present."""
    return texts.zoned(seconds, ZONE, present)


def mostly_known(rng: Rng, seconds: Int64s) -> pa.StringArray:
    """Return seconds since 1970 as moments, some of them empty."""
    return moments(seconds, rng.random(len(seconds)) >= NULL_CREATED_SHARE)


def _filled(postal: str, digits: list[int]) -> str:
    for digit in digits:
        postal = postal.replace("#", str(digit), 1)
    return postal
