"""The products of the giftware wholesaler: stock codes, descriptions, prices and seasons.

Names are made up of words that such a shop would use. Descriptions carry the real file's marks:
commas, inch signs, stray blanks, and a second spelling of the same product.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lakehouse.generate.csv_lines import listed, quote, strings
from lakehouse.generate.seeds import Flags, Floats, Int64s, cumulative, falling, generator


@dataclass(frozen=True)
class Catalogue:
    """All products, the most popular first.

    Attributes:
        codes: stock code of each product; the second half repeats the first with the letters of
            the code in lower case.
        descriptions: two spellings of each product, all firsts before all seconds.
        has_letter: whether the code ends in letters, so that its case may differ.
        pence: list price.
        shares: running share of the lines, for drawing products.
        season: the quarter (0 winter to 3 autumn) that most of it is sold in, or -1.
    """

    codes: pa.StringArray
    descriptions: pa.StringArray
    has_letter: Flags
    pence: Int64s
    shares: Floats
    season: Int64s

    @property
    def size(self) -> int:
        """How many products there are."""
        return len(self.pence)


MAX_PRODUCTS = 4_900
"""Online Retail II: stock codes that were sold."""
LETTER_SHARE = 0.12
"""Online Retail II: share of lines whose code has a letter."""

# Online Retail II: share of the lines by price in pence, the commonest prices of known customers.
PRICES = {
    125: 99,
    165: 70,
    85: 66,
    295: 62,
    42: 43,
    210: 40,
    375: 38,
    495: 33,
    195: 32,
    255: 30,
    145: 23,
    595: 18,
    55: 16,
    65: 15,
    425: 15,
    795: 14,
    850: 11,
    675: 8,
    995: 7,
    1275: 6,
    1495: 3,
    1695: 2,
    2495: 1,
}
PATTERNS = listed(
    "RED RETROSPOT,WHITE DOTS,PINK POLKADOT,BLUE PAISLEY,VINTAGE ROSE,WOODLAND,SPACEMAN,DOLLY,"
    "CIRCUS,STRAWBERRY,SKULLS,UNION JACK,REGENCY,ENAMEL,RUSTIC,CREAM,IVORY,MINT,GINGHAM,SUKI,"
    "BAROQUE,TOADSTOOL,APPLE,BUTTERFLY,HEARTS,STARS,OWL,PARISIENNE,LAVENDER,SILVER,ANTIQUE,ZINC,"
    "WICKER,FELT,KNITTED,BLACK,GREEN,TURQUOISE,FRENCH,FOLKART"
)
THINGS = listed(
    "LUNCH BAG,JUMBO BAG,SHOPPER BAG,T-LIGHT HOLDER,CAKESTAND 3 TIER,TEACUP AND SAUCER,CAKE CASES,"
    "PAPER NAPKINS,TRINKET BOX,BUNTING,PAPER CHAIN KIT,RECIPE BOX,KITCHEN SCALES,ALARM CLOCK,"
    "DOORMAT,HOT WATER BOTTLE,METAL SIGN,PICTURE FRAME,CHALKBOARD,STORAGE JAR,CAKE TINS,EGG CUPS,"
    "COIN PURSE,MUG,PLATE,BOWL,MILK JUG,TEA TOWEL,APRON,OVEN GLOVE,CUSHION COVER,PHOTO ALBUM,"
    "NOTEBOOK,PENCIL SET,STICKER SHEET,GIFT TAGS,WRAPPING PAPER,RIBBONS,CANDLE,LANTERN,"
    "WALL CLOCK,DRAWER KNOB,COAT HOOK,KEY RING,HAIR CLIP,NECKLACE,BRACELET,SCARF,UMBRELLA,"
    "PARASOL,WATERING CAN,PLANT POT,BIRD FEEDER,GARDEN SIGN,PICNIC BASKET,SNACK BOXES,DRINKING"
    " STRAWS,COASTERS,TRAY,BREAD BIN,CUTLERY SET,PLAYING CARDS,SPINNING TOPS,DOLL,TOY BOX,"
    "SEWING KIT,PIN CUSHION,JEWELLERY STAND,MIRROR,TISSUE BOX,SOAP DISH,BATH SPONGE,HAND WARMER,"
    "SLEEPING MASK,POSTCARDS,ADVENT CALENDAR,TREE DECORATION,BAUBLES,REINDEER,SNOW GLOBE,STOCKING,"
    "EASTER EGGS,EASTER GARLAND,CHICK DECORATION,SPRING WREATH,FLOWER SEEDS,BEACH BAG,ICE LOLLY"
    " MAKERS,CITRONELLA CANDLE,SUN HAT,DECK CHAIR,HALLOWEEN LANTERN,PUMPKIN BOWL,JAM MAKING SET,"
    "FIREWOOD BASKET,DOOR STOP,BOOKENDS,MONEY BANK,PASSPORT COVER,LUGGAGE TAG,TRAVEL SEWING KIT,"
    "FRIDGE MAGNETS,MEMO BOARD,SHELF,CABINET,STOOL,BASKET,TOAST RACK,SALT AND PEPPER,WINE RACK,"
    "BOTTLE OPENER,SHOT GLASS,JELLY MOULDS,ROLLING PIN,MEASURING SPOONS,COOKIE CUTTERS,EASEL,"
    "CRAYONS,COLOURING SET,CHILDS BROLLY,RAINHAT,SLIPPERS,BLANKET"
)
SEASONAL_WORDS = {
    0: (
        "ADVENT",
        "TREE DECORATION",
        "BAUBLES",
        "REINDEER",
        "SNOW GLOBE",
        "STOCKING",
        "HAND WARMER",
    ),
    1: ("EASTER", "CHICK", "SPRING", "SEEDS"),
    2: ("BEACH", "ICE LOLLY", "CITRONELLA", "SUN HAT", "DECK CHAIR", "PARASOL", "PICNIC"),
    3: ("HALLOWEEN", "PUMPKIN", "JAM MAKING", "FIREWOOD"),
}
"""Words of products that sell mainly in winter (from October on), spring, summer or autumn."""

PAIRED_NAMES = (
    ("22697", "GREEN REGENCY TEACUP WITH SAUCER", 295),
    ("22699", "ROSES REGENCY TEACUP WITH SAUCER", 295),
    ("85099B", "JUMBO BAG RED RETROSPOT DESIGN", 195),
    ("22386", "JUMBO BAG PINK POLKADOT DESIGN", 195),
    ("22726", "ALARM CLOCK BAKELIKE STYLE GREEN", 375),
    ("22727", "ALARM CLOCK BAKELIKE STYLE RED", 375),
    ("20725", "LUNCH BAG, RED RETROSPOT", 165),
    ("20727", "LUNCH BAG, BLACK SKULLS", 165),
    ("21754", 'HOME BUILDING BLOCK 6" WORD', 595),
    ("21755", 'LOVE BUILDING BLOCK 6" WORD', 595),
    ("82494L", "WOODEN FRAME ANTIQUE IVORY", 295),
    ("82482", "WOODEN FRAME ANTIQUE LARGE ", 255),
)
"""Products that always exist; each two in a row are a planted pair."""
HUGE_NAME = ("23843", "PAPER CRAFT , SMALL BIRD", 19)
"""The product of the order of 80,995 that is cancelled at once; it always exists."""

_FIRST_CODE = 20_600
_RANK_OF_PAIRS = 40


def build(count: int, seed: int) -> Catalogue:
    """Return `count` products, at most MAX_PRODUCTS."""
    rng = generator(seed, "online_retail", "catalogue")
    fixed = [*PAIRED_NAMES, HUGE_NAME]
    combinations = rng.permutation(len(PATTERNS) * len(THINGS))[: count - len(fixed)].tolist()
    taken = {code[:5] for code, _, _ in fixed}
    free = [str(number) for number in range(_FIRST_CODE, 90_000) if str(number) not in taken]
    steps = np.sort(rng.choice(len(free), len(combinations), replace=False)).tolist()
    letters = np.where(
        rng.random(len(combinations)) < LETTER_SHARE,
        rng.choice(list("ABCDLPS"), len(combinations)),
        "",
    )
    prices = rng.choice(
        list(PRICES), len(combinations), p=np.array(list(PRICES.values())) / sum(PRICES.values())
    )
    products = [
        (free[step] + letter, _name(combination), int(price))
        for step, letter, combination, price in zip(
            steps, letters.tolist(), combinations, prices.tolist(), strict=True
        )
    ]
    products = [products[i] for i in rng.permutation(len(products)).tolist()]
    products[_RANK_OF_PAIRS:_RANK_OF_PAIRS] = fixed
    codes = [code for code, _, _ in products]
    names = [name for _, name, _ in products]
    return Catalogue(
        codes=strings([*codes, *(code.lower() for code in codes)]),
        descriptions=strings(
            [*(_spelt(name, rank) for rank, name in enumerate(names)), *map(_respelt, names)]
        ),
        has_letter=np.array([not code.isdigit() for code in codes]),
        pence=np.array([price for _, _, price in products], dtype=np.int64),
        shares=cumulative(falling(len(products), 15.0, 0.62)),
        season=np.array([_season(name) for name in names], dtype=np.int64),
    )


def _name(combination: int) -> str:
    thing, pattern = divmod(combination, len(PATTERNS))
    return f"{PATTERNS[pattern]} {THINGS[thing]}"


def _season(name: str) -> int:
    for season, words in SEASONAL_WORDS.items():
        if any(word in name for word in words):
            return season
    return -1


def _spelt(name: str, rank: int) -> str:
    """Return the description with the marks of the real file: about a fifth has stray blanks."""
    if rank % 11 == 3:
        name = name + " "
    elif rank % 11 == 7:
        name = " " + name
    elif rank % 23 == 5:
        name = name.replace(" ", "  ", 1)
    elif rank % 29 == 9:
        name = name.replace(" ", " , ", 1)
    elif rank % 31 == 10:
        name = name + ' 7" '
    return quote(name)


def _respelt(name: str) -> str:
    """Return the later spelling of a description: other words for the same pattern."""
    return quote(name.strip().replace("RETROSPOT", "SPOTTY").replace("DESIGN", "").strip())
