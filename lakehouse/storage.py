"""Where a lake's files are: the one place that knows a folder from an object store.

Object stores are reached with the variables of their own tools (`AWS_REGION`, `AWS_ENDPOINT_URL`,
`GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_STORAGE_ACCOUNT_NAME` …).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow.fs as fs
    from obstore.store import ObjectStore


def is_local(root: str) -> bool:
    """Whether a root is a folder of this machine, not a URI."""
    return "://" not in root


def open_store(root: str) -> ObjectStore:
    """The small files under a root: whole reads, and writes that another cannot undercut.

    Raises:
        OSError: the root is a folder that does not exist and cannot be made.
    """
    from obstore.store import LocalStore, from_url

    if not is_local(root):
        return from_url(root)
    Path(root).mkdir(parents=True, exist_ok=True)
    return LocalStore(root)


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
    # Hadoop's name for S3; the store is the same.
    found, folder = fs.FileSystem.from_uri(path.replace("s3a://", "s3://", 1))
    return fs.SubTreeFileSystem(folder, found)
