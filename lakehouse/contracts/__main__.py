"""`python -m lakehouse.contracts`: writes the dbt sources of all contracts."""

import sys

from lakehouse.contracts import load_contracts, write_sources
from lakehouse.errors import LakehouseError
from lakehouse.session import PROJECT_DIR


def main() -> int:
    """Writes the files and names those that changed; 1 if a contract is wrong."""
    try:
        changed = write_sources(load_contracts().values(), PROJECT_DIR / "models")
    except LakehouseError as error:
        print(error, file=sys.stderr)
        return 1
    for path in changed:
        print(f"wrote {path.relative_to(PROJECT_DIR)}")
    print(f"{len(changed)} files changed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
