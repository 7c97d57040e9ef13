"""`upheld serve` with a certificate of its own: HTTPS, by TLS 1.3 alone, and nothing in the clear."""

import http.client
import socket
import ssl
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cli.program import run
from tests.servers import certificate
from tests.store.plugin import stored
from tests.web.beginning import copy_records
from tests.web.journeys.server import Server


def shaken(port: int, context: ssl.SSLContext) -> str | None:
    """The version that client and server agree on."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=60) as line,
        context.wrap_socket(line, server_hostname="127.0.0.1") as session,
    ):
        return session.version()


def test_with_a_certificate_the_server_speaks_tls_1_3_and_nothing_older(tmp_path: Path) -> None:
    files, data = certificate.made(tmp_path), tmp_path / "data"
    given = stored(data)
    if not given:
        copy_records(data)
    server = Server(
        data,
        given,
        arguments=("--certificate", str(files.public), "--key", str(files.key)),
        trusts=files.public,
    ).start()
    try:
        newest, older = (ssl.create_default_context(cafile=files.public) for _ in range(2))
        older.maximum_version = ssl.TLSVersion.TLSv1_2

        assert shaken(server.port, newest) == "TLSv1.3"
        with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
            shaken(server.port, older)
        with pytest.raises(ssl.SSLCertVerificationError):
            shaken(server.port, ssl.create_default_context())
        clear = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        with pytest.raises((OSError, http.client.HTTPException)):
            clear.request("GET", "/healthz")
            clear.getresponse()
        clear.close()
        with urlopen(server.address, timeout=60, context=newest) as page:  # noqa: S310 - our own server
            assert (page.status, page.url) == (200, f"{server.address}/en/")
        assert f"Privacy centre: {server.address}/" in server.said
    finally:
        assert server.stop() == 0
    assert "Traceback" not in server.errors()


def test_a_certificate_without_its_key_or_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    files = certificate.made(tmp_path)

    alone = run(tmp_path, "serve", "--certificate", str(files.public))
    missing = run(tmp_path, "serve", "--certificate", str(files.public), "--key", str(tmp_path / "none.pem"))

    assert (alone.returncode, "go together" in alone.stderr) == (2, True)
    assert (missing.returncode, f"There is no file {tmp_path / 'none.pem'}" in missing.stderr) == (2, True)
