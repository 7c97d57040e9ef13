"""The public pages: nobody is looked up, nobody is refused for where she lives, nothing sent breaks them."""

import json
import socket
import threading
from collections.abc import Iterator
from io import BytesIO

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.web.child import ran
from tests.web.journeys.plugin import PURPOSES, SHOP

ORGANISATION = """\
organisation:
  name: Larkspur Foundation
  contact: privacy@larkspur.example
  country: DE
  time_zone: Europe/Berlin
  regimes: [gdpr, ccpa]
  languages: [en, de, fr, nl]
  backups: {days: 14}
"""
DUTCH = """\
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "What would you like us to do?"
msgstr "Wat mogen wij voor u doen?"
"""


class Socket:
    """Where the map says that the shop is; counts who comes."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.came = 0
        self._thread = threading.Thread(target=self._count, daemon=True)
        self._thread.start()

    def _count(self) -> None:
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            self.came += 1
            connected.close()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture(scope="module")
def shop() -> Iterator[Socket]:
    listening = Socket()
    yield listening
    listening.stop()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, shop: Socket) -> dict[str, dict]:
    folder = tmp_path_factory.mktemp("centre")
    privacy = folder / "privacy"
    (privacy / "systems").mkdir(parents=True)
    (privacy / "upheld.yaml").write_text(ORGANISATION)
    (privacy / "purposes.yaml").write_text(PURPOSES)
    (privacy / "systems" / "shop.yaml").write_text(SHOP)
    dutch = privacy / "locale" / "nl" / "LC_MESSAGES"
    dutch.mkdir(parents=True)
    with (dutch / "django.mo").open("wb") as compiled:
        write_mo(compiled, read_po(BytesIO(DUTCH.encode())))
    done = ran(
        "centre",
        folder,
        records=False,
        UPHELD_PROXIES="10.0.0.0/8",
        SHOP_DATABASE_URL=f"postgresql://nobody@127.0.0.1:{shop.port}/shop",
    )
    seen: dict[str, dict] = json.loads(done.stdout)
    seen["said"] = {"errors": done.stderr}
    return seen


def test_known_and_unknown_get_the_same_bytes_by_the_same_statements(
    found: dict[str, dict], shop: Socket
) -> None:
    """Known to a case of ours, and to a system; what is compared is everything but her address and number."""
    assert found["known"] == found["unknown"]
    assert len(found["known"]["statements"]) > 5
    assert [each[0] for each in found["known"]["seen"]] == [200, 302, 200]
    assert shop.came == 0, "no system was connected to"


def test_the_law_is_chosen_by_the_place_and_nobody_is_refused_for_it(found: dict[str, dict]) -> None:
    """X-02: a wish that a law has no right for waits for staff."""
    gdpr = {
        "copy": "ACCESS",
        "correct": "RECTIFICATION",
        "delete": "ERASURE",
        "stop": "OBJECTION",
        "other": "",
    }
    ccpa = gdpr | {"stop": "OPT_OUT"}

    assert found["laws"] == {
        **{f"gdpr {wish}": [302, "", right] for wish, right in gdpr.items()},
        **{f"ccpa {wish}": [302, "ccpa", right] for wish, right in ccpa.items()},
        **{f"otherwise {wish}": [302, "", right] for wish, right in gdpr.items()},
    }


def test_the_dates_after_sending_are_those_of_the_day_in_the_address_whenever_it_is_looked_at(
    found: dict[str, dict],
) -> None:
    old, today, *nonsense = found["days"]

    assert old != today
    assert nonsense == [today] * 3
    assert all(len(each) == 1 for each in found["days"])


def test_whatever_is_sent_gets_an_answer_that_was_thought_of(found: dict[str, dict]) -> None:
    assert set(found["hostile"]) <= {200, 302, 403, 410, 413, 422, 429}
    assert "Traceback" not in found["said"]["errors"]


def test_files_are_typed_by_what_is_in_them_and_bounded(found: dict[str, dict]) -> None:
    assert found["uploads"] == {
        "a program called .pdf": 422,
        "six files": 422,
        "too much": 422,
        "beyond what is read": 413,
        "kept meanwhile": 0,
        "a PDF and a text": 302,
        "kinds": ["pdf", "text"],
        "again": 410,
    }


def test_a_rate_is_of_whoever_stands_before_our_own_proxies(found: dict[str, dict]) -> None:
    assert found["origins"] == {
        "no proxy": "198.51.100.9",
        "a stranger claims": "198.51.100.9",
        "our proxy says": "198.51.100.9",
        "what she claims through our proxy": "198.51.100.9",
        "two of ours": "198.51.100.9",
        "one subscriber": "2001:db8::/64",
        "no address": "",
    }


def test_a_folder_of_texts_adds_a_language_and_what_it_lacks_is_english(found: dict[str, dict]) -> None:
    assert found["dutch"] == [True, True, True]


def test_more_than_five_other_addresses_are_refused(found: dict[str, dict]) -> None:
    assert (found["many"], found["mails"]) == ([422], True)


def test_what_is_not_there_is_said_in_the_language_of_the_address(found: dict[str, dict]) -> None:
    assert found["absent"] == [404, True, "Diese Seite gibt es nicht"]
