"""`lakehouse serve`: the gateway for BI tools."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from lakehouse.gateway.access import KEYSTORE_PASSWORD, PORT, Access
from lakehouse.gateway.limits import DEFAULTS, Limits
from lakehouse.lake import Lake
from lakehouse.ports import LOCALHOST


def serve(
    host: Annotated[
        str, typer.Option(help="To listen on; a wider one needs --ldap-url and --keystore.")
    ] = LOCALHOST,
    port: Annotated[int, typer.Option(help="To listen on.", min=1, max=65535)] = PORT,
    ldap_url: Annotated[str | None, typer.Option(help="Who knows the users: ldaps://host.")] = None,
    ldap_base_dn: Annotated[
        str | None, typer.Option(help="Where users are, by uid: ou=people,dc=example,dc=org.")
    ] = None,
    keystore: Annotated[
        Path | None,
        typer.Option(
            help=f"Certificate and key for TLS, PKCS 12; its password is in {KEYSTORE_PASSWORD}."
        ),
    ] = None,
    query_seconds: Annotated[
        int, typer.Option(help="Until a statement is cancelled.", min=1)
    ] = DEFAULTS.seconds,
    max_rows: Annotated[int, typer.Option(help="Of a result.", min=1)] = DEFAULTS.rows,
    max_mb: Annotated[int, typer.Option(help="Of a result.", min=1)] = DEFAULTS.megabytes,
    memory: Annotated[
        str, typer.Option(help="The most that its Java's heap takes.")
    ] = DEFAULTS.memory,
    patience: Annotated[
        float, typer.Option(help="Seconds without an answer, until it is started anew.", min=1)
    ] = DEFAULTS.patience,
    audit_log: Annotated[
        Path | None, typer.Option(help="Who ran what (default: in LAKE_CATALOG_DIR).")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only ask the one that runs whether it answers.")
    ] = False,
) -> None:
    """Serve the current release to BI tools over Thrift (HiveServer2), read-only, until Ctrl-C."""
    from lakehouse.console import console
    from lakehouse.gateway.client import check_answers
    from lakehouse.gateway.server import AUDIT, HungError, follow_until_stopped, running
    from lakehouse.release.record import LAYER

    lake = Lake.from_environment()
    access = Access(host, port, ldap_url, ldap_base_dn, keystore)
    if check:
        console.print(check_answers(access), markup=False)
        return

    def tell(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    limits = Limits(query_seconds, max_rows, max_mb, memory, patience)
    audit = audit_log or lake.catalog_dir / AUDIT
    try:
        with running(lake, access, limits, audit) as gateway:
            tell(
                f"Release {gateway.number} of {lake.root} is served at "
                f"jdbc:hive2://{host}:{port}/{LAYER} until Ctrl-C"
            )
            follow_until_stopped(gateway, tell, limits.patience)
            tell("Stopping")
    except HungError as error:
        tell(f"{error} It is started anew")
        os.execv(sys.executable, [sys.executable, "-m", "lakehouse", *sys.argv[1:]])
