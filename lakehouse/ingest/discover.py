"""Which files of a folder belong to which table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lakehouse.contracts.model import Contract, TableContract, file_stem
from lakehouse.errors import LakehouseError
from lakehouse.storage import Entry, FilePath, is_local, list_entries, plain_root


@dataclass(frozen=True)
class DataFile:
    """A file to load and the table it belongs to.

    Attributes:
        source_file: path relative to the folder loaded, with forward slashes.
    """

    path: FilePath
    source_file: str
    table: TableContract

    @property
    def size_bytes(self) -> int:
        """Size where it lies; of an object, when it was listed."""
        return self.path.stat().st_size if isinstance(self.path, Path) else self.path.size_bytes

    @property
    def is_workbook(self) -> bool:
        """Whether this is an .xlsx."""
        return self.path.name.lower().endswith(".xlsx")

    @property
    def is_compressed(self) -> bool:
        """Whether this is a .csv.gz."""
        return self.path.name.lower().endswith(".gz")


@dataclass(frozen=True)
class StrangeFile:
    """A data file that no table takes, or several; or a shop's folder that cannot be listed.

    Attributes:
        source_file: path relative to the folder loaded, with forward slashes.
        reason: what is wrong with it and what to do.
    """

    shop_id: str
    source_file: str
    reason: str


@dataclass(frozen=True)
class Discovery:
    """What a folder holds for the loader, what does not belong there, and what it leaves alone."""

    files: tuple[DataFile, ...]
    strange: tuple[StrangeFile, ...]
    left_alone: tuple[str, ...]


def discover(folder: str | Path, contracts: Mapping[str, Contract], shop: str | None) -> Discovery:
    """The data files of a folder with one sub-folder per shop, or of one shop's folder.

    Args:
        folder: of this machine, or the URI of one in an object store; holds `<shop>/<files>`, or
            the files themselves when `shop` is given.
        contracts: the known shops.
        shop: the shop whose files lie in `folder`.

    Raises:
        LakehouseError: no such folder or shop, or no data file at all.
    """
    place = str(folder) if is_local(str(folder)) else plain_root(folder)
    if is_local(place):
        _require_folder(Path(place))
    known = ", ".join(contracts)
    if shop is not None and shop not in contracts:
        raise LakehouseError(f"There is no shop {shop}; the known shops are {known}.")
    files: list[DataFile] = []
    strange: list[StrangeFile] = []
    left_alone: list[str] = []
    shops = [(contracts[shop], place, "")] if shop else []
    if not shop:
        for entry in list_entries(place):
            contract = contracts.get(entry.name) if entry.is_folder else None
            if contract:
                shops.append((contract, entry.place, f"{entry.name}/"))
            else:
                left_alone.append(_shown(entry))
    for contract, shop_folder, prefix in shops:
        try:
            entries = list_entries(shop_folder)
        except OSError as error:
            reason = f"{shop_folder} cannot be listed: {error.strerror}."
            strange.append(StrangeFile(contract.shop_id, prefix, reason))
            continue
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.file is not None and file_stem(entry.name) is not None:
                table = _table_of(entry, contract)
                if isinstance(table, TableContract):
                    files.append(DataFile(entry.file, name, table))
                else:
                    strange.append(StrangeFile(contract.shop_id, name, table))
            else:
                left_alone.append(f"{prefix}{_shown(entry)}")
    if not files and not strange:
        raise LakehouseError(_nothing_to_load(place, shop, known, left_alone))
    return Discovery(tuple(files), tuple(strange), tuple(left_alone))


def _require_folder(folder: Path) -> None:
    if not folder.exists():
        raise LakehouseError(f"There is no folder {folder}.")
    if not folder.is_dir():
        raise LakehouseError(f"{folder} is not a folder; name the folder that holds the files.")


def _shown(entry: Entry) -> str:
    return f"{entry.name}/" if entry.is_folder else entry.name


def _table_of(entry: Entry, contract: Contract) -> TableContract | str:
    """The table of a file, or what is wrong with its name."""
    path, tables = entry.place, contract.tables_for(entry.name)
    if len(tables) == 1:
        return tables[0]
    if tables:
        names = ", ".join(table.name for table in tables)
        return (
            f"{path} fits several tables of {contract.shop_id} ({names}); rename the file, or make "
            f"the patterns in {contract.path} tell them apart."
        )
    patterns = ", ".join(pattern for table in contract.tables for pattern in table.files)
    return (
        f"{path} fits no table of {contract.shop_id}; expected names (before .csv, .csv.gz or "
        f".xlsx) are {patterns}. Rename the file or move it away."
    )


def _nothing_to_load(folder: str, shop: str | None, known: str, left_alone: list[str]) -> str:
    found = f" Found only: {', '.join(left_alone)}." if left_alone else " The folder is empty."
    if shop:
        return f"{folder} holds no .csv, .csv.gz or .xlsx file.{found}"
    return (
        f"{folder} holds no data file of a known shop.{found} Put the files into "
        f"{folder}/<shop>/ (shops: {known}), or name the shop of this folder with --shop."
    )
