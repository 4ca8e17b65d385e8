"""Where the gateway listens, and who may come in."""

from __future__ import annotations

import ipaddress
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lakehouse.errors import LakehouseError
from lakehouse.ports import LOCALHOST, listening

PORT = 10000
KEYSTORE_PASSWORD = "LAKE_GATEWAY_KEYSTORE_PASSWORD"
_SERVER = "hive.server2."


@dataclass(frozen=True)
class Access:
    """Where the gateway listens, and who may come in.

    Attributes:
        host: to listen on. Anything but this machine's own address needs LDAP and TLS.
        port: to listen on.
        ldap_url: of the server that knows the users; None lets in whoever reaches the port.
        ldap_base_dn: under which users are, by `uid`.
        keystore: with the certificate and its key, PKCS 12 or JKS; None speaks plainly.
    """

    host: str = LOCALHOST
    port: int = PORT
    ldap_url: str | None = None
    ldap_base_dn: str | None = None
    keystore: Path | None = None

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return is_local(self.host)

    def check(self) -> None:
        """Refuses what would let in the wrong people.

        Raises:
            LakehouseError: a wider address without LDAP or without TLS, LDAP whose passwords
                anybody on the network could read, a keystore that is not there or has no password.
        """
        missing = [
            what
            for what, is_given in (
                ("LDAP (--ldap-url)", self.ldap_url),
                ("TLS (--keystore)", self.keystore),
            )
            if not is_given
        ]
        if not self.is_local and missing:
            raise LakehouseError(
                f"{self.host} can be reached from other machines: that needs "
                f"{' and '.join(missing)}. Without, the gateway listens on {LOCALHOST} only."
            )
        if self.ldap_url:
            if not self.ldap_base_dn:
                raise LakehouseError("--ldap-url needs --ldap-base-dn, under which users are.")
            url = urlsplit(self.ldap_url)
            if url.scheme not in ("ldap", "ldaps") or not url.hostname:
                raise LakehouseError(f"{self.ldap_url} is no address like ldaps://host:636.")
            if url.scheme == "ldap" and not is_local(url.hostname):
                raise LakehouseError(
                    f"{self.ldap_url} would send passwords in plain text: ldaps://"
                )
        if self.keystore:
            if not self.keystore.is_file():
                raise LakehouseError(f"There is no keystore {self.keystore}.")
            if not os.environ.get(KEYSTORE_PASSWORD):
                raise LakehouseError(
                    f"The keystore's password is missing: set {KEYSTORE_PASSWORD}."
                )

    def check_port(self) -> None:
        """Tells of a port that is taken before Spark starts.

        Raises:
            MachineError: the port cannot be listened on.
        """
        with listening(self.host, self.port), socket.create_server((self.host, self.port)):
            pass

    @property
    def directory_settings(self) -> dict[str, str]:
        """Where the Thrift server asks for users."""
        if not self.ldap_url or not self.ldap_base_dn:
            return {}
        return {
            f"{_SERVER}authentication.ldap.url": self.ldap_url,
            f"{_SERVER}authentication.ldap.baseDN": self.ldap_base_dn,
        }

    @property
    def settings(self) -> dict[str, str]:
        """Other settings of the Thrift server; the keystore's password among them."""
        found = {
            f"{_SERVER}thrift.bind.host": self.host,
            f"{_SERVER}thrift.port": str(self.port),
            f"{_SERVER}authentication": "LDAP" if self.ldap_url else "NONE",
        }
        if self.keystore:
            found[f"{_SERVER}use.SSL"] = "true"
            found[f"{_SERVER}keystore.path"] = str(self.keystore.resolve())
            found[f"{_SERVER}keystore.password"] = os.environ[KEYSTORE_PASSWORD]
        return found


def is_local(host: str) -> bool:
    """Whether an address is this machine's own, which no other reaches."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
