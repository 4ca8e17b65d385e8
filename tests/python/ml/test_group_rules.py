"""Keyword rules: which word of a description tells its group, and how well they all do."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lakehouse.errors import LakehouseError
from ml.groups.group_labels import SCHEMA, GroupLabel, Tier, to_table
from ml.groups.labels import Part, ReadLabel, of_part, read_labels
from ml.groups.rules import KEYWORDS, Rules, RuleTier, words
from ml.groups.scores import macro_f1
from ml.groups.taxonomy import OTHER, Taxonomy

TAXONOMY = Taxonomy.read()
RULES = Rules.read(TAXONOMY.ids)
LABELS = read_labels(TAXONOMY)
SMALL = """
ignored: [tea time]
subordinate: [with]
occasions: {christmas: [santa]}
things: {drinkware: [mug, cup], tableware: [egg cup], bags: [bag], cards_wrap: [gift bag, card]}
motifs: {decorations: [heart]}
"""


@pytest.fixture
def small(tmp_path: Path) -> Rules:
    return _rules(tmp_path, SMALL)


def _rules(folder: Path, text: str) -> Rules:
    path = folder / "keywords.yml"
    path.write_text(text, encoding="utf-8")
    return Rules.read(TAXONOMY.ids, path)


def _told(rules: Rules, text: str) -> tuple[str, str] | None:
    match = rules.match(text)
    return (match.group_id, match.keyword) if match else None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("RED MUG", ("drinkware", "mug")),
        ("red mugs", ("drinkware", "mug")),
        ("MUG,RED", ("drinkware", "mug")),
        # A word is whole: no card in a cardigan.
        ("CARDIGAN", None),
        ("SMUG", None),
        ("", None),
        (" / ", None),
        # More words win, wherever they stand.
        ("EGG CUP WITH MUG", ("tableware", "egg cup")),
        ("GIFT BAG MUG", ("cards_wrap", "gift bag")),
        # Then the last: a noun's head.
        ("MUG BAG", ("bags", "bag")),
        ("BAG MUG", ("drinkware", "mug")),
        # What the thing is with does not tell what it is, unless nothing else does.
        ("MUG WITH CARD", ("drinkware", "mug")),
        ("BLUE WITH CARD", ("cards_wrap", "card")),
        # An occasion wins, a motif loses.
        ("MUG WITH SANTA", ("christmas", "santa")),
        ("MUG HEART", ("drinkware", "mug")),
        ("HEART WITH MUG", ("drinkware", "mug")),
        ("BIG HEARTS", ("decorations", "heart")),
        # An ignored phrase is no part of the text: neither are words around it a new one.
        ("TEA TIME", None),
        ("TEA TIME BAG", ("bags", "bag")),
        ("TEA TEA TIME TIME MUG", ("drinkware", "mug")),
    ],
)
def test_the_word_that_tells_most_wins(
    small: Rules, text: str, told: tuple[str, str] | None
) -> None:
    assert _told(small, text) == told


@pytest.mark.parametrize(
    ("text", "singular"),
    [
        ("BOXES GLASSES DISHES MATCHES LILIES", "box glass dish match lily"),
        ("CHILD'S CHILDREN\u2019S", "child children"),
        ("GLASS CACTUS TENNIS BUS GAS", "glass cactus tennis bus gas"),
        ('36"NECKL. T-LIGHTS+S/3', "36 neckl t light s 3"),
        ("ÉTAGÈRE", "étagère"),
    ],
)
def test_words_are_in_the_singular_without_what_is_no_letter(text: str, singular: str) -> None:
    assert " ".join(words(text)) == singular


def test_every_keyword_tells_its_group() -> None:
    """None is hidden behind another one, so that it would never tell anything."""
    file = yaml.safe_load(KEYWORDS.read_text(encoding="utf-8"))
    told = {
        text: (group, RULES.match(text))
        for kind in ("occasions", "things", "motifs")
        for group, keywords in file[kind].items()
        for text in keywords
    }
    assert {text: found for text, (group, found) in told.items() if _group(found) != group} == {}


def _group(match: object) -> str | None:
    return getattr(match, "group_id", None)


def test_a_keyword_of_two_groups_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LakehouseError, match="keyword mugs stands for drinkware and for bags"):
        _rules(tmp_path, SMALL.replace("bags: [bag]", "bags: [mugs]"))


def test_a_group_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LakehouseError, match=r"keywords\.yml: luggage is no product group"):
        _rules(tmp_path, SMALL.replace("bags:", "luggage:"))


def test_a_file_of_another_form_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LakehouseError, match=r"keywords\.yml: motifs: missing"):
        _rules(tmp_path, SMALL.replace("motifs:", "motives:"))


def test_every_description_gets_a_label_that_says_by_what_and_how_sure(small: Rules) -> None:
    read = [_read("RED MUG", "drinkware")] * 3 + [_read("CUP", "toys"), _read("LAMP", "lights")]
    labels = RuleTier(small, read).label(["BLUE MUGS", "SOFA", "BAG"])
    # Right in 3 of 5; of drinkware in 3 of 4, where no keyword is in 0 of 1, of bags in 0 of 0.
    assert labels == [
        GroupLabel("BLUE MUGS", "drinkware", Tier.RULES, (3 + 5 * 0.6) / (4 + 5), "mug"),
        GroupLabel("SOFA", OTHER, Tier.RULES, (0 + 5 * 0.6) / (1 + 5), ""),
        GroupLabel("BAG", "bags", Tier.RULES, 0.6, "bag"),
    ]
    table = to_table(labels)
    assert table.schema.equals(SCHEMA)
    assert table.column("tier").to_pylist() == ["rules"] * 3


def test_how_sure_rules_are_needs_labels(small: Rules) -> None:
    with pytest.raises(LakehouseError, match="without read labels"):
        RuleTier(small, [])


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_is_a_share(confidence: float) -> None:
    with pytest.raises(LakehouseError, match="between 0 and 1"):
        GroupLabel("RED MUG", "drinkware", Tier.RULES, confidence, "mug")


def test_rules_are_right_of_most_descriptions_that_they_were_not_written_with() -> None:
    tier = RuleTier(RULES, of_part(LABELS, Part.DEVELOPMENT))
    judged = of_part(LABELS, Part.TEST)
    actual = [label.group_id for label in judged]
    told = [label.group_id for label in tier.label(label.description for label in judged)]
    assert macro_f1(actual, told) > 0.8
    # And by chance they are not: the same groups of other descriptions.
    assert macro_f1(actual[::-1], told) < 0.1


def _read(description: str, group_id: str) -> ReadLabel:
    return ReadLabel(description, Part.DEVELOPMENT, group_id, group_id, group_id)
