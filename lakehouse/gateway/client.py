"""A client of the gateway: what `lakehouse serve --check` asks it."""

from __future__ import annotations

import os
import ssl
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from lakehouse.errors import LakehouseError, MachineError
from lakehouse.gateway.access import Access
from lakehouse.release.record import LAYER

USER, PASSWORD = "LAKE_GATEWAY_USER", "LAKE_GATEWAY_PASSWORD"
CERTIFICATES = "LAKE_GATEWAY_CA"
TIMEOUT_SECONDS = 30


def connect(
    host: str,
    port: int,
    user: str,
    password: str = "any",
    *,
    has_tls: bool = False,
    certificates: Path | None = None,
    seconds: int = TIMEOUT_SECONDS,
    database: str = LAYER,
) -> Any:
    """A connection of PyHive, as DB-API has them.

    Args:
        host: of the gateway.
        port: of the gateway.
        user: who asks.
        password: read by a gateway with LDAP only.
        has_tls: whether the gateway speaks TLS; its certificate is checked.
        certificates: of who signed it, PEM; else those that this machine trusts.
        seconds: to wait for an answer.
        database: in which names are looked for.

    Raises:
        thrift.transport.TTransport.TTransportException: nobody answers, or not this user.
        ssl.SSLError: the certificate is not trusted.
    """
    from pyhive import hive
    from pyhive.sasl_compat import PureSASLClient
    from thrift.transport.TSocket import TSocket
    from thrift.transport.TSSLSocket import TSSLSocket
    from thrift_sasl import TSaslClientTransport

    if has_tls:
        context = ssl.create_default_context(cafile=certificates)
        socket = TSSLSocket(host, port, ssl_context=context, server_hostname=host)
    else:
        socket = TSocket(host, port)
    socket.setTimeout(seconds * 1000)
    socket.open()

    def sasl() -> Any:
        return PureSASLClient(host, username=user, password=password, service="")

    transport = TSaslClientTransport(sasl, "PLAIN", socket)
    return hive.connect(thrift_transport=transport, username=user, database=database)


def check_answers(access: Access) -> str:
    """Asks a gateway that runs for its tables; says what it answered.

    User and password are those of `LAKE_GATEWAY_USER` and `LAKE_GATEWAY_PASSWORD`, who signed its
    certificate those of the file `LAKE_GATEWAY_CA`.

    Args:
        access: where it listens.

    Raises:
        MachineError: nobody listens there, or it does not answer.
        LakehouseError: it answers, and shows no tables.
    """
    from pyhive.exc import Error
    from thrift.transport.TTransport import TTransportException

    address = f"{access.host}:{access.port}"
    started = time.monotonic()
    authorities = os.environ.get(CERTIFICATES)
    try:
        with (
            closing(
                connect(
                    access.host,
                    access.port,
                    os.environ.get(USER, "check"),
                    os.environ.get(PASSWORD, "any"),
                    has_tls=access.keystore is not None,
                    certificates=Path(authorities) if authorities else None,
                )
            ) as connection,
            closing(connection.cursor()) as cursor,
        ):
            cursor.execute(f"show tables in {LAYER}")
            tables = cursor.fetchall()
    except (Error, TTransportException, OSError) as error:
        raise MachineError(f"The gateway at {address} does not answer: {error}") from error
    if not tables:
        raise LakehouseError(f"The gateway at {address} shows no tables.")
    seconds = time.monotonic() - started
    return f"The gateway at {address} shows {len(tables)} tables; it answered in {seconds:.1f} s"
