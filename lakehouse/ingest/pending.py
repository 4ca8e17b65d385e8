"""The note of customers who are being forgotten: in the lake until it is done, and not after.

It is the one place that knows who becomes whom. Whoever writes to the lake meets it, so that an
interrupted forgetting is either not seen by anybody or finished by the next one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from lakehouse.ingest.people import Person
from lakehouse.lake import Lake
from lakehouse.storage import open_store, read_json, write_json

NOTE_FILE = "_forget.json"


@dataclass(frozen=True)
class Pending:
    """A forgetting that was begun.

    Attributes:
        request_id: by lot; what `bronze._forgotten` calls it.
        people: who.
        batches: the batches with rows of theirs, by bronze table.
        rows: how many rows tell of them, by `layer.table`.
        fitted: model and shop of what is fitted to customers and remembers them.
        is_rewritten: bronze and the snapshots no longer name them.
    """

    request_id: str
    people: tuple[Person, ...]
    batches: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    fitted: list[tuple[str, str]] = field(default_factory=list)
    is_rewritten: bool = False

    @property
    def shops(self) -> dict[str, list[Person]]:
        """The people by shop."""
        found: dict[str, list[Person]] = {}
        for person in self.people:
            found.setdefault(person.shop_id, []).append(person)
        return found


def read_pending(lake: Lake) -> Pending | None:
    """What was begun and not ended; None if nothing was."""
    note = read_json(lake.root, NOTE_FILE)
    if note is None:
        return None
    people = tuple(Person(**person) for person in note.pop("people"))
    fitted = [(model, shop_id) for model, shop_id in note.pop("fitted", [])]
    return Pending(people=people, fitted=fitted, **note)


def write_pending(lake: Lake, pending: Pending) -> None:
    """Writes the note down, in place of an older one."""
    write_json(lake.root, NOTE_FILE, asdict(pending))


def delete_pending(lake: Lake) -> None:
    """Deletes the note, which names the people."""
    import obstore

    obstore.delete(open_store(lake.root), NOTE_FILE)
