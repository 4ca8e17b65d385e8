"""Where files are: the one place that knows a folder from an object store.

Object stores are reached with the variables of their own tools (`AWS_REGION`, `AWS_ENDPOINT_URL`,
`AWS_ACCESS_KEY_ID`, `GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_STORAGE_ACCOUNT_NAME` …), by Python
and by Spark alike: no secret stands in a file or on a command line.
"""

from __future__ import annotations

import functools
import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from lakehouse.errors import MachineError

if TYPE_CHECKING:
    import datetime

    import pyarrow.fs as fs
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

S3_SCHEMES = ("s3://", "s3a://")
READ_BYTES = 4 << 20


def is_local(root: str) -> bool:
    """Whether a root is a folder of this machine, not a URI."""
    return "://" not in root


def is_s3(root: str) -> bool:
    """Whether a root is on S3 or a store that speaks like it; `s3a` is Hadoop's name for it."""
    return root.startswith(S3_SCHEMES)


def plain_root(root: str | Path) -> str:
    """A folder made absolute, symbolic links followed; a URI without slashes at its end."""
    text = str(root)
    return str(Path(text).resolve()) if is_local(text) else text.rstrip("/")


def open_store(root: str) -> ObjectStore:
    """The files under a root: whole reads, and writes that another cannot undercut.

    Raises:
        OSError: the root is a folder that does not exist and cannot be made.
        MachineError: it is a URI that leads to no store.
    """
    from obstore.store import LocalStore

    if not is_local(root):
        return _remote_store(root)
    Path(root).mkdir(parents=True, exist_ok=True)
    return LocalStore(root)


def read_json(root: str, path: str) -> Any:
    """What a JSON file under a root says; None if there is no such file."""
    import obstore

    try:
        return json.loads(bytes(obstore.get(open_store(root), path).bytes()))
    except FileNotFoundError:
        return None


def write_json(root: str, path: str, content: Any) -> None:
    """Writes a JSON file under a root, in place of an older one."""
    import obstore

    obstore.put(open_store(root), path, json.dumps(content).encode())


@functools.cache
def _remote_store(root: str) -> ObjectStore:
    from obstore.exceptions import BaseError
    from obstore.store import from_url

    try:
        return from_url(root)
    except (BaseError, ValueError) as error:
        raise MachineError(f"{root} leads to no object store: {_reason(error)}") from error


def folder_names(root: str, folder: str) -> list[str]:
    """Names of the folders in a folder under the root, sorted; none if it does not exist."""
    import obstore

    if is_local(root) and not Path(root, folder).is_dir():
        return []
    listed = obstore.list_with_delimiter(open_store(root), folder)
    return sorted(prefix.rpartition("/")[2] for prefix in listed["common_prefixes"])


def native_files(path: str) -> fs.FileSystem:
    """Pyarrow's own file system of a folder or URI, with the folder as its root.

    deltalake's own calls Python from pyarrow's threads; such a call while the interpreter ends
    aborts the process.
    """
    import pyarrow.fs as fs

    if is_local(path):
        return fs.SubTreeFileSystem(path, fs.LocalFileSystem())
    found, folder = fs.FileSystem.from_uri(path.replace("s3a://", "s3://", 1))
    return fs.SubTreeFileSystem(folder, found)


@dataclass(frozen=True)
class ObjectPath:
    """A file in an object store, with as much of a `Path` as reading it takes.

    Attributes:
        root: URI of the folder that it was found in.
        key: its path under the root.
        size_bytes: when it was found, as are the following.
        e_tag: what the store calls its content; some have no such name.
    """

    root: str
    key: str
    size_bytes: int = field(compare=False)
    modified_at: datetime.datetime = field(compare=False)
    e_tag: str | None = field(compare=False)

    @classmethod
    def of(cls, root: str, found: ObjectMeta) -> ObjectPath:
        """The file that a store tells of."""
        return cls(root, found["path"], found["size"], found["last_modified"], found["e_tag"])

    def __str__(self) -> str:
        """Its URI."""
        return f"{self.root}/{self.key}"

    @property
    def name(self) -> str:
        """Its last part."""
        return self.key.rpartition("/")[2]

    def now(self) -> ObjectPath:
        """The file as the store tells of it now.

        Raises:
            OSError: it is gone, or the store refuses.
        """
        import obstore

        with _os_errors(str(self)):
            return self.of(self.root, obstore.head(open_store(self.root), self.key))

    def open(self, mode: Literal["rb"] = "rb", buffering: int = -1) -> IO[bytes]:
        """Its bytes, read ahead in large pieces whatever the buffering asked for.

        Raises:
            OSError: it is gone, or the store refuses; reading may raise it too.
        """
        import obstore

        with _os_errors(str(self)):
            reader = obstore.open_reader(open_store(self.root), self.key, buffer_size=READ_BYTES)
        return io.BufferedReader(_ObjectStream(reader, str(self)), READ_BYTES)


# A file of this machine, or one in an object store.
FilePath = Path | ObjectPath


def spark_path(path: FilePath) -> str:
    """A file as Spark is told of it, whatever its default file system."""
    return f"file://{path}" if isinstance(path, Path) else str(path)


class _ObjectStream(io.RawIOBase):
    """Obstore's reader as Python's: it fills buffers, and its errors are those of files."""

    def __init__(self, reader: Any, uri: str) -> None:
        self._reader = reader
        self._uri = uri

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _os_errors(self._uri):
            data = self._reader.read(len(buffer))
        buffer[: len(data)] = memoryview(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._reader.seek(offset, whence))

    def tell(self) -> int:
        return int(self._reader.tell())


@contextmanager
def _os_errors(uri: str) -> Iterator[None]:
    """Raises what a store refuses as the `OSError` of a file."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError as error:
        raise FileNotFoundError(2, "there is no such object", uri) from error
    except BaseError as error:
        raise OSError(5, _reason(error), uri) from error


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0]


@dataclass(frozen=True)
class Entry:
    """What stands in a folder.

    Attributes:
        file: None for a folder, and for what is neither (a pipe, a link that leads nowhere).
    """

    name: str
    place: str
    is_folder: bool
    file: FilePath | None = None


def list_entries(folder: str) -> list[Entry]:
    """What stands in a folder, sorted by name; names that start with a dot are left out.

    Raises:
        OSError: it cannot be listed; in an object store a folder without files is there and empty.
    """
    entries = _local_entries(Path(folder)) if is_local(folder) else _remote_entries(folder)
    return sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)


def _local_entries(folder: Path) -> list[Entry]:
    return [
        Entry(path.name, str(path), path.is_dir(), path if path.is_file() else None)
        for path in folder.iterdir()
    ]


def _remote_entries(folder: str) -> list[Entry]:
    import obstore

    with _os_errors(folder):
        listed = obstore.list_with_delimiter(open_store(folder))
    folders = [Entry(name, f"{folder}/{name}", True) for name in listed["common_prefixes"]]
    files = [ObjectPath.of(folder, found) for found in listed["objects"]]
    return folders + [Entry(file.name, str(file), False, file) for file in files]


def copy_file(source: FilePath, root: str, key: str) -> FilePath:
    """Copies a file to a place under a root.

    Raises:
        OSError: one of the two refuses.
    """
    import obstore

    if is_local(root):
        target = Path(root, key)
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as stream, target.open("wb") as copy:
            shutil.copyfileobj(stream, copy, READ_BYTES)
        return target
    store = open_store(root)
    with _os_errors(f"{root}/{key}"):
        with source.open("rb") as stream, obstore.open_writer(store, key) as copy:
            while data := stream.read(READ_BYTES):
                copy.write(data)
        return ObjectPath.of(root, obstore.head(store, key))


def delete_folder(root: str, folder: str) -> None:
    """Deletes a folder under a root with all that is in it; none is none.

    Raises:
        OSError: it cannot be deleted.
    """
    import obstore

    if is_local(root):
        if Path(root, folder).exists():
            shutil.rmtree(Path(root, folder))
        return
    store = open_store(root)
    with _os_errors(f"{root}/{folder}"):
        for found in obstore.list(store, folder):
            obstore.delete(store, [meta["path"] for meta in found])
