"""A real OpenLDAP server with a few users, as a process of its own; and certificates."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from lakehouse.session import java_command
from tests.python.gateway.served import free_port, wait_until

BASE = "ou=people,dc=example,dc=org"
# Debian's packages lie there, off the path of users.
SLAPD, SLAPADD = "/usr/sbin/slapd", "/usr/sbin/slapadd"


def require_slapd() -> None:
    """Installs OpenLDAP where it is missing; fails in one sentence where that cannot be done."""
    if Path(SLAPD).exists():
        return
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "slapd"]
    for command in (install, ["apt-get", "update", "--quiet"], install):
        if shutil.which(command[0]) is None:
            break
        subprocess.run([*root, *command], env=quiet, capture_output=True, check=False)
        if Path(SLAPD).exists():
            return
    pytest.fail("OpenLDAP is missing. On Debian: apt install slapd")


@contextmanager
def directory(folder: Path, passwords: Mapping[str, str]) -> Iterator[str]:
    """An LDAP server that knows these users; gives its address."""
    require_slapd()
    folder.mkdir(parents=True)
    (folder / "data").mkdir()
    configuration = folder / "slapd.conf"
    configuration.write_text(
        "include /etc/ldap/schema/core.schema\n"
        "include /etc/ldap/schema/cosine.schema\n"
        "include /etc/ldap/schema/inetorgperson.schema\n"
        "modulepath /usr/lib/ldap\n"
        "moduleload back_mdb\n"
        f"pidfile {folder}/slapd.pid\n"
        "database mdb\n"
        "suffix dc=example,dc=org\n"
        f"directory {folder}/data\n"
        "access to attrs=userPassword by anonymous auth by * none\n"
        "access to * by * none\n"
    )
    entries = folder / "people.ldif"
    entries.write_text(
        "dn: dc=example,dc=org\nobjectClass: domain\ndc: example\n\n"
        f"dn: {BASE}\nobjectClass: organizationalUnit\nou: people\n\n"
        + "\n".join(
            f"dn: uid={user},{BASE}\nobjectClass: inetOrgPerson\nuid: {user}\ncn: {user}\n"
            f"sn: {user}\nuserPassword: {password}\n"
            for user, password in passwords.items()
        )
    )
    subprocess.run([SLAPADD, "-f", configuration, "-l", entries], check=True, capture_output=True)
    port = free_port()
    address = f"ldap://127.0.0.1:{port}"
    process = subprocess.Popen(
        [SLAPD, "-f", configuration, "-h", address, "-d", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: (folder / "slapd.pid").exists(), "OpenLDAP listens")
        assert process.poll() is None
        yield address
    finally:
        process.terminate()
        process.wait()


def make_keystore(folder: Path, password: str, *, is_over: bool = False) -> tuple[Path, Path]:
    """A key and a certificate for 127.0.0.1 that signs itself; gives keystore and certificate.

    Args:
        folder: where to write them.
        password: of the keystore.
        is_over: whether its time ended yesterday.
    """
    folder.mkdir(parents=True, exist_ok=True)
    keystore, certificate = folder / "gateway.p12", folder / "gateway.pem"
    keytool = str(Path(shutil.which(java_command()) or "").resolve().with_name("keytool"))
    where = ["-storepass:env", "KEYSTORE_PASSWORD", "-keystore", str(keystore), "-alias", "gateway"]
    made = ["-genkeypair", *where, "-storetype", "PKCS12", "-keyalg", "RSA", "-validity", "2"]
    made += ["-dname", "CN=127.0.0.1", "-ext", "SAN=ip:127.0.0.1", "-ext", "BC=ca:true"]
    made += ["-startdate", "-3d"] if is_over else []
    shown = ["-exportcert", "-rfc", *where, "-file", str(certificate)]
    for arguments in (made, shown):
        subprocess.run(
            [keytool, *arguments],
            env=os.environ | {"KEYSTORE_PASSWORD": password},
            check=True,
            capture_output=True,
        )
    return keystore, certificate
