"""Groups as a model behind an OpenAI-compatible endpoint tells them.

Only descriptions of products are sent, and only when `OPENAI_API_KEY` is set. What the endpoint
does not answer, or answers with a group that there is not, is left to the other tiers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ml.groups.answers import Answers, digest
from ml.groups.chat import Chat, Spending
from ml.groups.group_labels import GroupLabel, Tier
from ml.groups.prompt import ReadAnswer, Refused, Told, read_answer, request, task
from ml.groups.taxonomy import Taxonomy


@dataclass(frozen=True)
class EndpointRun:
    """What came of asking an endpoint.

    Attributes:
        labels: of the descriptions that it told, in their order.
        kept_count: descriptions that it had told before.
        refused: descriptions that it was asked in vain; another run asks them again.
        spending: requests, tokens and US dollars.
        unasked_count: descriptions that it was not asked, since `max_cost` was reached.
    """

    labels: list[GroupLabel]
    kept_count: int
    refused: Refused
    spending: Spending
    unasked_count: int


def label_by_endpoint(
    descriptions: Iterable[str], taxonomy: Taxonomy, chat: Chat, answers: Answers
) -> EndpointRun:
    """Asks an endpoint for the group of each description that it has not told yet.

    A description stands once in the result, however often it is given. An answer that is broken off
    or no answer is asked again once, in two halves.

    Args:
        descriptions: names of products after cleaning.
        taxonomy: the groups.
        chat: the endpoint.
        answers: what it has told; it grows batch by batch, so that no answer is lost to an error.

    Raises:
        EndpointError: the endpoint refuses or does not answer.
    """
    asking = _Asking(taxonomy, chat, answers)
    distinct = list(dict.fromkeys(descriptions))
    unknown = [text for text in distinct if answers.get(asking.digest(text)) is None]
    size = chat.settings.batch_size
    batches = (unknown[start : start + size] for start in range(0, len(unknown), size))
    unasked_count = sum(asking.ask(batch, may_halve=True) for batch in batches)
    told = ((text, answers.get(asking.digest(text))) for text in distinct)
    return EndpointRun(
        [asking.label(text, found) for text, found in told if found],
        len(distinct) - len(unknown),
        asking.refused,
        chat.spending,
        unasked_count,
    )


@dataclass
class _Asking:
    """A run: what it asks of which endpoint, and what was refused."""

    taxonomy: Taxonomy
    chat: Chat
    answers: Answers
    refused: Refused = field(default_factory=Refused)

    def __post_init__(self) -> None:
        self._task = task(self.taxonomy)

    def digest(self, description: str) -> str:
        return digest(self.chat.settings.model, self._task, description)

    def label(self, description: str, told: Told) -> GroupLabel:
        model = self.chat.settings.model
        return GroupLabel(description, told.group_id, Tier.ENDPOINT, told.confidence, model)

    def ask(self, batch: Sequence[str], *, may_halve: bool) -> int:
        """Asks about a batch, keeps what is told, and returns how many were not asked."""
        body = request(self._task, self.taxonomy, batch, self.chat.settings)
        if not self.chat.affords(body):
            return len(batch)
        read = read_answer(self.chat.ask(body), self.taxonomy, len(batch))
        if read is not None:
            self._keep(batch, read)
            return 0
        if may_halve:
            return sum(self.ask(half, may_halve=False) for half in _halves(batch))
        self.refused.malformed_count += len(batch)
        return 0

    def _keep(self, batch: Sequence[str], read: ReadAnswer) -> None:
        self.answers.add({self.digest(batch[place]): told for place, told in read.told.items()})
        self.refused.outside_count += read.refused.outside_count
        self.refused.missing_count += read.refused.missing_count
        self.refused.malformed_count += read.refused.malformed_count


def _halves(batch: Sequence[str]) -> Iterator[Sequence[str]]:
    """Both halves of a batch; the whole of it where it is of one."""
    middle = len(batch) // 2
    return (half for half in (batch[:middle], batch[middle:]) if half)
