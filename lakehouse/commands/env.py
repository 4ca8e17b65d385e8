"""`lakehouse env`: the variables with which other programs find the lake."""

from __future__ import annotations

import shlex
from enum import StrEnum
from typing import Annotated

import typer

from lakehouse.lake import Lake


class Extra(StrEnum):
    """What Spark may need beside a lake in a folder."""

    S3 = "s3"


def env(
    with_: Annotated[
        list[Extra] | None, typer.Option("--with", help="Fetch the jars for this storage, too.")
    ] = None,
) -> None:
    """Print the variables with which dbt, pyspark and notebooks find the lake."""
    from lakehouse.jars import require_jars
    from lakehouse.session import PROFILES_DIR, spark_environment

    for extra in with_ or ():
        require_jars(PROFILES_DIR / f"jars-{extra}.lock")
    for name, value in spark_environment(Lake.from_environment()).items():
        print(f"export {name}={shlex.quote(value)}")
