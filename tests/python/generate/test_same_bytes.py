"""A sample has the same bytes from one version of the code to the next."""

from hashlib import sha256
from pathlib import Path

import pytest

from lakehouse.generate import SHOPS, generate

# By shop, scale and seed, of its files one after the other; the larger samples have all the dirt.
DIGESTS = {
    ("online_retail", 0.05, 1): "3f65dedd75ff23ff6b0d79adf750946fde77669af1b704855b421890048219a4",
    ("online_retail", 0.4, 42): "46f4adb0ea778875e3309b270aee20b7f4bc75dd03f5992f3e5ee734bb706e45",
    ("rees46", 0.05, 1): "4b31a555a4bdf151b81815d1ef61a7f55cda05564358b35a4aeb6d6ef19f6b6d",
    ("rees46", 0.4, 42): "40d058370c2432a41425ae55342aa468549b24cd1637466093dd9f4e89f9b989",
    ("thelook", 0.05, 1): "45d2c4da0d7fe43cf09c5993cf2b4ed9d4c3665b948e2ab1660e83bc77d01fe2",
    ("thelook", 0.4, 42): "13f5c742357346db40d5fef3cb51d7bc6604082acedacb1ee722c3d337858d7b",
    (
        "shopping_trends",
        0.05,
        1,
    ): "df7a14507baeee0b6d69a6f063f58b2f9ae2d35eb183872feca39a1c8183a322",
    (
        "shopping_trends",
        0.4,
        42,
    ): "242e0f7d4f59df08fdd4c86136d24bd5702c760b2a0862e5216e0c6ed49e72af",
    ("shopify", 0.05, 1): "e7cb205ebe7bbd192e579ce29be7f3a612c58d54f2a9d3e9deb2da7b7efeeabd",
    ("shopify", 0.4, 42): "ba2ac8dcdfffedcd99e40f6ee6aa41d5aafa6ecc79e445c379227586725dac7c",
}


@pytest.mark.parametrize(("shop", "scale", "seed"), DIGESTS)
def test_a_sample_has_the_bytes_it_always_had(
    shop: str, scale: float, seed: int, tmp_path: Path
) -> None:
    digest = sha256()
    for file in generate(tmp_path, [shop], scale, seed, workers=1):
        digest.update(file.path.name.encode() + file.path.read_bytes())
    assert digest.hexdigest() == DIGESTS[shop, scale, seed]


def test_every_shop_is_held() -> None:
    assert {shop for shop, _, _ in DIGESTS} == set(SHOPS)
