"""Who may come in: this machine alone, or users of an LDAP server over TLS."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pyhive.exc import Error
from thrift.transport.TTransport import TTransportException

from lakehouse.errors import LakehouseError, MachineError
from lakehouse.gateway.access import KEYSTORE_PASSWORD, Access
from lakehouse.gateway.client import CERTIFICATES, PASSWORD, USER, connect
from lakehouse.jars import spark_home
from lakehouse.lake import Lake
from lakehouse.session import PROJECT_DIR, java_command
from tests.python.gateway.directory import BASE, directory, make_keystore
from tests.python.gateway.served import Served, served

LDAPS = Access(ldap_url="ldaps://directory.example.org", ldap_base_dn=BASE)
SECRET = "keystore-secret"
PASSWORDS = {"ann": "ann-secret", "bob": "bob-secret"}


@pytest.fixture
def keystore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in place of a keystore: only its being there is looked at."""
    monkeypatch.setenv(KEYSTORE_PASSWORD, SECRET)
    path = tmp_path / "keystore.p12"
    path.touch()
    return path


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "shop.example.org"])
def test_a_wider_address_needs_users_and_tls(host: str, keystore: Path) -> None:
    with pytest.raises(LakehouseError, match=r"LDAP \(--ldap-url\) and TLS \(--keystore\)"):
        Access(host).check()
    with pytest.raises(LakehouseError, match=r"needs TLS \(--keystore\)\."):
        replace(LDAPS, host=host).check()
    with pytest.raises(LakehouseError, match=r"needs LDAP \(--ldap-url\)\."):
        Access(host, keystore=keystore).check()
    replace(LDAPS, host=host, keystore=keystore).check()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_this_machine_alone_needs_nothing(host: str) -> None:
    Access(host).check()


def test_what_is_half_said_is_refused(keystore: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LakehouseError, match="needs --ldap-base-dn"):
        Access(ldap_url="ldaps://directory.example.org").check()
    with pytest.raises(LakehouseError, match="would send passwords in plain text"):
        Access(ldap_url="ldap://directory.example.org", ldap_base_dn=BASE).check()
    with pytest.raises(LakehouseError, match="is no address like"):
        Access(ldap_url="directory.example.org", ldap_base_dn=BASE).check()
    with pytest.raises(LakehouseError, match="There is no keystore"):
        Access(keystore=keystore.with_name("other.p12")).check()
    monkeypatch.delenv(KEYSTORE_PASSWORD)
    with pytest.raises(LakehouseError, match=f"set {KEYSTORE_PASSWORD}"):
        Access(keystore=keystore).check()


def test_a_port_that_is_taken_is_said() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        access = Access(port=taken.getsockname()[1])
        with pytest.raises(MachineError, match=f"Port {access.port} of 127.0.0.1 cannot be"):
            access.check_port()


@dataclass(frozen=True)
class Guarded:
    """A gateway with TLS and users.

    Attributes:
        gateway: that runs.
        certificate: that its clients are to trust.
        truststore: for clients of Java.
    """

    gateway: Served
    certificate: Path
    truststore: Path


@pytest.fixture(scope="module")
def guarded(released_lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A gateway with a real LDAP server and a real certificate."""
    folder = tmp_path_factory.mktemp("guarded")
    keystore, certificate = make_keystore(folder / "tls", SECRET)
    with (
        directory(folder / "ldap", PASSWORDS) as address,
        served(
            released_lake,
            folder / "served",
            *("--ldap-url", address, "--ldap-base-dn", BASE, "--keystore", str(keystore)),
            variables={KEYSTORE_PASSWORD: SECRET},
        ) as gateway,
    ):
        yield Guarded(gateway, certificate, keystore)


def _ask(guarded: Guarded, user: str, password: str, certificates: Path | None = None) -> object:
    port = guarded.gateway.port
    authorities = certificates or guarded.certificate
    connection = connect("127.0.0.1", port, user, password, has_tls=True, certificates=authorities)
    with closing(connection), closing(connection.cursor()) as cursor:
        cursor.execute("select max(build) from gold.rpt_a")
        return cursor.fetchall()


@pytest.mark.slow
def test_users_of_the_directory_come_in(guarded: Guarded) -> None:
    for user, password in PASSWORDS.items():
        assert _ask(guarded, user, password) == [(1,)]
    assert '"user":"bob"' in guarded.gateway.audit.read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("ann", "bob-secret"),
        ("ann", ""),
        ("ann", " "),
        ("nobody", "ann-secret"),
        ("", "ann-secret"),
        ("", ""),
        ("*", "ann-secret"),
        (f"ann,{BASE}", "ann-secret"),
    ],
)
def test_nobody_else_comes_in(guarded: Guarded, user: str, password: str) -> None:
    with pytest.raises((TTransportException, Error, OSError, ValueError)):
        _ask(guarded, user, password)


@pytest.mark.slow
def test_plain_text_is_not_understood(guarded: Guarded) -> None:
    with pytest.raises((TTransportException, Error, OSError)):
        connect("127.0.0.1", guarded.gateway.port, "ann", PASSWORDS["ann"])
    assert _ask(guarded, "ann", PASSWORDS["ann"]) == [(1,)]


@pytest.mark.slow
def test_a_certificate_of_others_is_not_trusted(guarded: Guarded, tmp_path: Path) -> None:
    _, other = make_keystore(tmp_path, SECRET)
    with pytest.raises((TTransportException, ssl.SSLError)):
        _ask(guarded, "ann", PASSWORDS["ann"], other)


@pytest.mark.slow
def test_the_driver_of_jdbc_comes_in_with_a_password_only(guarded: Guarded) -> None:
    def said(password: str) -> str:
        url = (
            f"{guarded.gateway.url};ssl=true;sslTrustStore={guarded.truststore};"
            f"trustStorePassword={SECRET}"
        )
        jars = str(spark_home() / "jars" / "*")
        command = [java_command(), "-cp", jars, "org.apache.hive.beeline.BeeLine", "-u", url]
        command += ["-n", "ann", "-p", password, "-e", "select max(build) + 41 from gold.rpt_a"]
        result = subprocess.run(
            command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        return result.stdout + result.stderr

    assert "42" in said(PASSWORDS["ann"])
    assert "Error validating the login" in said("wrong")


@pytest.mark.slow
def test_the_check_asks_as_a_user(guarded: Guarded) -> None:
    def checked(**variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                *(sys.executable, "-m", "lakehouse", "serve", "--check"),
                *("--port", str(guarded.gateway.port), "--keystore", str(guarded.truststore)),
            ],
            cwd=PROJECT_DIR,
            env=os.environ | variables | {CERTIFICATES: str(guarded.certificate)},
            capture_output=True,
            text=True,
            check=False,
        )

    good = checked(**{USER: "ann", PASSWORD: PASSWORDS["ann"]})
    assert (good.returncode, good.stderr) == (0, "")
    assert "shows 2 tables" in good.stdout
    bad = checked(**{USER: "ann", PASSWORD: "wrong"})
    assert bad.returncode == 5
    assert "does not answer" in bad.stderr


@pytest.mark.slow
def test_a_certificate_that_is_over_is_said(released_lake: Lake, tmp_path: Path) -> None:
    expired, _ = make_keystore(tmp_path / "tls", SECRET, is_over=True)
    with (
        pytest.raises(AssertionError, match="The keystore is of no use: NotAfter"),
        served(
            released_lake,
            tmp_path / "served",
            *("--keystore", str(expired)),
            variables={KEYSTORE_PASSWORD: SECRET},
        ),
    ):
        pass
