"""Keyword rules: what a word in a description says about the group of a product.

They are the floor that every other tier must beat, and the teacher of the classifier. Which words
say what stands in `keywords.yml`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from lakehouse.checked_yaml import read_yaml
from lakehouse.errors import LakehouseError
from ml.groups.group_labels import GroupLabel, Tier
from ml.groups.labels import ReadLabel
from ml.groups.taxonomy import OTHER

KEYWORDS = Path(__file__).with_name("keywords.yml")
Words = tuple[str, ...]
# Straight, typographic, and what is typed for one.
_APOSTROPHE = re.compile("['\\u2019`]")
_WORD = re.compile(r"\w+")


class _KeywordFile(BaseModel):
    """The layout of `keywords.yml`; each mapping is of groups to their keywords."""

    model_config = ConfigDict(extra="forbid")

    ignored: list[str]
    subordinate: list[str]
    occasions: dict[str, list[str]]
    things: dict[str, list[str]]
    motifs: dict[str, list[str]]


@dataclass(frozen=True)
class Match:
    """What a description says.

    Attributes:
        group_id: the group.
        keyword: the words that told it, as `words` gives them.
    """

    group_id: str
    keyword: str


@dataclass(frozen=True)
class _Lexicon:
    """The keywords of one kind, by their words."""

    groups: Mapping[Words, str]
    max_length: int

    @classmethod
    def of(cls, keywords: Mapping[str, Iterable[str]]) -> _Lexicon:
        groups: dict[Words, str] = {}
        for group_id, texts in keywords.items():
            for text in texts:
                key = words(text)
                if groups.setdefault(key, group_id) != group_id:
                    raise LakehouseError(
                        f"The keyword {text} stands for {groups[key]} and for {group_id}; "
                        "leave it to one of them."
                    )
        return cls(groups, max(map(len, groups), default=0))

    def best(self, text: Words) -> Match | None:
        """The match of the most words; of equally many the last: a noun's head comes last."""
        found = max(self._places(text), default=None)
        if found is None:
            return None
        length, end = found
        keyword = text[end - length : end]
        return Match(self.groups[keyword], " ".join(keyword))

    def _places(self, text: Words) -> Iterator[tuple[int, int]]:
        """Where a keyword stands: how many words it has, and where it ends."""
        for length in range(1, self.max_length + 1):
            for end in range(length, len(text) + 1):
                if text[end - length : end] in self.groups:
                    yield length, end


@dataclass(frozen=True)
class Rules:
    """Keywords of three kinds, and how a description is read with them.

    An occasion (Christmas) wins wherever it is named. Then what the thing is, at first as told
    before words such as `with` and `in`, after which come its pattern and packing. A motif (a
    heart) only tells where nothing else does: the product is then an ornament of that form.

    Of several keywords of a kind the one of the most words wins, then the last.
    """

    ignored: _Lexicon
    subordinate: frozenset[str]
    occasions: _Lexicon
    things: _Lexicon
    motifs: _Lexicon

    @classmethod
    def read(cls, group_ids: Iterable[str], path: Path = KEYWORDS) -> Rules:
        """The rules of a file.

        Raises:
            LakehouseError: the file is no such file, a keyword stands for two groups, or a group is
                not one of `group_ids`.
        """
        file = read_yaml(path, _KeywordFile)
        unknown = {*file.occasions, *file.things, *file.motifs}.difference(group_ids)
        if unknown:
            raise LakehouseError(
                f"{path}: {', '.join(sorted(unknown))} is no product group; "
                "seeds/product_groups.csv has them."
            )
        return cls(
            _Lexicon.of({"": file.ignored}),
            frozenset(file.subordinate),
            _Lexicon.of(file.occasions),
            _Lexicon.of(file.things),
            _Lexicon.of(file.motifs),
        )

    def match(self, description: str) -> Match | None:
        """What a description says, or None where no keyword is in it."""
        text = self._told(words(description))
        head = self._head(text)
        return (
            self.occasions.best(text)
            or self.things.best(head)
            or self.things.best(text)
            or self.motifs.best(head)
            or self.motifs.best(text)
        )

    def _told(self, text: Words) -> Words:
        """Without phrases that would be mistaken for a thing; the longest goes first."""
        while match := self.ignored.best(text):
            phrase = tuple(match.keyword.split())
            start = next(i for i in range(len(text)) if text[i : i + len(phrase)] == phrase)
            text = text[:start] + text[start + len(phrase) :]
        return text

    def _head(self, text: Words) -> Words:
        """What comes before the first subordinate word."""
        cut = next((i for i, word in enumerate(text) if word in self.subordinate), len(text))
        return text[:cut]


def words(text: str) -> Words:
    """The words of a text in lower case and the singular; apostrophes and punctuation are no part.

    >>> words("CHILD'S T-LIGHT HOLDERS,RED")
    ('child', 't', 'light', 'holder', 'red')
    """
    plain = _APOSTROPHE.sub("", text.casefold())
    return tuple(_singular(word) for word in _WORD.findall(plain))


def _singular(word: str) -> str:
    """English plurals by their endings; a text and its keyword are cut alike, so that is enough."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


class RuleTier:
    """The rules as a tier: every description gets a group, `other` where no keyword is in it.

    A label's confidence is the share of read labels with the same told group in which that group
    is right, drawn to the share over all groups where they are few (as if `PRIOR_COUNT` more had
    been read, right as often as all). Labels that the rules were written with flatter them.

    Raises:
        LakehouseError: there are no labels.
    """

    PRIOR_COUNT = 5

    def __init__(self, rules: Rules, labels: Sequence[ReadLabel]) -> None:
        """Holds the rules, and what they are worth.

        Args:
            rules: what tells.
            labels: what the confidence is learnt from.
        """
        if not labels:
            raise LakehouseError("How sure rules are cannot be told without read labels.")
        self._rules = rules
        told = [_told(rules.match(label.description)) for label in labels]
        right = [
            group for group, label in zip(told, labels, strict=True) if group == label.group_id
        ]
        self._overall = len(right) / len(labels)
        self._told, self._right = Counter(told), Counter(right)

    def label(self, descriptions: Iterable[str]) -> list[GroupLabel]:
        """The group of each description."""
        return [self._label(text, self._rules.match(text)) for text in descriptions]

    def _label(self, description: str, match: Match | None) -> GroupLabel:
        group_id = _told(match)
        prior = self.PRIOR_COUNT * self._overall
        share = (self._right[group_id] + prior) / (self._told[group_id] + self.PRIOR_COUNT)
        return GroupLabel(description, group_id, Tier.RULES, share, match.keyword if match else "")


def _told(match: Match | None) -> str:
    return match.group_id if match else OTHER
