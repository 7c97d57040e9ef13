"""Keys of domains, asked of a real name server on this machine."""

import socket

import pytest

from tests.mail.test_signed import KEY, SENDER, public, signed
from tests.servers.dns import Names
from upheld.mail.resolve import keys_in_dns
from upheld.mail.signed import written
from upheld.rights.outcome import Misconfigured, Transient


def test_a_signature_is_held_against_the_key_that_the_domain_publishes() -> None:
    names = Names({"s._domainkey.mail.example.org": public(KEY)})

    said = written(signed(), resolve=keys_in_dns([names.address]))

    names.stop()
    assert (said.sender, names.asked) == (SENDER, ["s._domainkey.mail.example.org"])


def test_a_name_that_nobody_has_has_no_key() -> None:
    names = Names({})

    assert keys_in_dns([names.address])("s._domainkey.mail.example.org") is None

    names.stop()


def test_a_name_server_that_is_not_there_is_no_answer() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(Transient, match="cannot be looked up"):
            keys_in_dns([nobody])("s._domainkey.mail.example.org")


@pytest.mark.parametrize("written", ["resolver.example", "127.0.0.1:dns", "", "::1:x"])
def test_what_is_no_address_of_a_name_server_is_refused(written: str) -> None:
    with pytest.raises(Misconfigured, match="UPHELD_DNS"):
        keys_in_dns([written])
