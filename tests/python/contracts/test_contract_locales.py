"""A locale gives contracts its separators and its order of dates."""

from __future__ import annotations

import pytest

from lakehouse.contracts import load_contracts
from lakehouse.contracts.locales import localized
from lakehouse.errors import LakehouseError


@pytest.mark.parametrize(
    ("locale", "number", "date", "hours"),
    [
        ("it_IT", "1.234,56", "d M yyyy", ["H"]),
        ("it-IT", "1.234,56", "d M yyyy", ["H"]),
        ("de_CH", "1\u2019234.56", "d M yyyy", ["H"]),
        ("fr_FR", "1\u202f234,56", "d M yyyy", ["H"]),
        ("en_US", "1,234.56", "M d yyyy", ["H", "h"]),
        ("sv_SE", "1\u00a0234,56", "yyyy M d", ["H"]),
    ],
)
def test_the_formats_of_a_locale(locale: str, number: str, date: str, hours: list[str]) -> None:
    shop = localized(load_contracts(), locale)["online_retail"]

    formats = {column.name: column.formats for column in shop.tables[0].columns}
    assert formats["unit_price"] == formats["quantity"] == formats["customer_id"] == (number,)
    assert formats["description"] == ()
    iso, *moments = formats["invoice_at"]
    assert iso == "iso"
    any_separator = "[/][.][-]".join(date.split())
    assert [m.removeprefix(f"{any_separator} ")[0] for m in moments] == hours
    assert (shop.path.name, shop.tables[0].time_zone) == ("online_retail.yml", "UTC")


def test_without_a_locale_contracts_are_as_they_are() -> None:
    contracts = load_contracts()

    assert localized(contracts, None) is contracts


@pytest.mark.parametrize("locale", ["Rome", "xx_YY", ""])
def test_an_unknown_locale_is_named(locale: str) -> None:
    with pytest.raises(LakehouseError, match=f"no locale {locale}; name one such as it_IT"):
        localized(load_contracts(), locale)
