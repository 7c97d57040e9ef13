"""Packs as data: what they give, what they refuse, and what a broken one says."""

import json
import shutil
import tomllib
from datetime import date
from hashlib import sha256
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upheld.law.deadline import NotGiven, Pause, dates, waited
from upheld.law.holiday import UnknownRegion, calendar_for, check_region
from upheld.law.pack import Certainty, Pack, Risk
from upheld.law.packs import (
    FOLDER,
    REGIMES,
    AlteredPack,
    BrokenPack,
    UnknownPack,
    every,
    in_force,
    pack,
    pinned,
    schema,
    schema_text,
)
from upheld.law.right import Right

RELEASED = {
    "ccpa/2026-11": "8ad689edf1fd815225d8e3f0fe37c801aceac8016a2c1b8deb41329e8badce51",
    "gdpr/2026-11": "ad9f15253c1e9b69a1ac928a031ddf837478f4e511ec53d8ecfe31793eae5c83",
    "voluntary/2026-11": "09bc552743a990405695506fef1bd4f6a34194a68568298c9eadf938f59a5250",
}
"""A released pack never changes: requests are pinned to these. A change of the law is a file more."""


def test_released_packs_are_byte_for_byte_what_requests_are_pinned_to() -> None:
    """X-01"""
    assert {each.id: each.digest for each in every()} == RELEASED
    assert {each.regime for each in every()} == set(REGIMES)


def test_every_pack_fits_the_published_schema_and_an_unknown_key_does_not() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    root = Path(__file__).parents[2]
    assert (root / "spec" / "schema" / "regime-pack.json").read_text() == schema_text()
    for path in FOLDER.glob("*.toml"):
        written = tomllib.loads(path.read_text())
        assert not list(validator.iter_errors(written)), path
        assert list(validator.iter_errors({**written, "colour": "red"}))


def _altered(tmp_path: Path, old: str, new: str, name: str = "gdpr-2026-11.toml") -> Path:
    folder = tmp_path / "packs"
    folder.mkdir()
    whole = (FOLDER / name).read_text()
    assert old in whole
    (folder / name).write_text(whole.replace(old, new, 1))
    return folder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "binding = true",
            "binding = true\nbinding = true",
            "is not TOML: Cannot overwrite a value (at line 9",
        ),
        ("binding = true", "binding = 'yes'", "at `binding`: input should be a valid boolean"),
        ("binding = true", "", "at `binding`: field required"),
        ("binding = true", "binding = true\ncolour = 'red'", "at `colour`: "),
        ("binding = true", "binding = true\ndigest = 'a'", "at `digest`: is no key of a pack"),
        ("months = [1]", "months = [1], days = 30", "say exactly one of months, days and working_days"),
        ("months = [1]", "months = [-1]", "at `clocks.month.answer.legal.months.0`: "),
        ('clock = "month"', 'clock = "year"', "ACCESS: there is no clock year"),
        ('"others-rights"', '"whim"', "ACCESS: there is no refusal whim"),
        ('low = "reasonable", ', "", "ACCESS: certainty must be said for low and high"),
        ("[rights.ACCESS]", "[rights.FORGIVENESS]", "at `rights.FORGIVENESS"),
        (
            'version = "2026-11"',
            'version = "2026-12"',
            "says that it is gdpr/2026-12, which its name does not",
        ),
        ('since = "2018-05-25"', 'since = "2018-05-32"', "at `since`: "),
    ],
)
def test_a_broken_pack_says_what_is_wrong_where_and_what_to_do(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    folder = _altered(tmp_path, old, new)

    with pytest.raises(BrokenPack) as caught:
        pack("gdpr/2026-11", folder=folder)

    assert caught.value.what.startswith(f"The regime pack {folder / 'gdpr-2026-11.toml'} ")
    assert said in caught.value.what
    assert caught.value.cure == "Install Upheld again; a changed law is a new file, not an edit."


@pytest.mark.parametrize(
    "bytes_", [b"", b"\xff\xfe", b"a = " + b"[" * 5000, b"regime = 5", b"\x00", b"holidays = [{}]"]
)
def test_bytes_that_are_no_pack_are_said_to_be_broken(tmp_path: Path, bytes_: bytes) -> None:
    (tmp_path / "gdpr-2026-11.toml").write_bytes(bytes_)

    with pytest.raises(BrokenPack):
        pack("gdpr/2026-11", folder=tmp_path)


def test_an_unknown_pack_or_regime_is_told_with_those_that_there_are() -> None:
    with pytest.raises(UnknownPack, match=r"`gdpr/2031-01` .* There are: ccpa/2026-11, gdpr/2026-11"):
        pack("gdpr/2031-01")
    with pytest.raises(UnknownPack, match=r"for `lgpd` .* Regimes: ccpa, gdpr, voluntary"):
        in_force("lgpd", date(2026, 11, 26))
    with pytest.raises(UnknownPack):
        pack("../gdpr/2026-11")


def test_a_pinned_request_stays_with_its_version_and_an_edited_file_is_refused(tmp_path: Path) -> None:
    """X-01: a later law is a file more; the earlier one goes on to be computed by its own."""
    folder = tmp_path / "packs"
    shutil.copytree(FOLDER, folder)
    old = in_force("gdpr", date(2026, 11, 26), folder=folder)
    later = (folder / "gdpr-2026-11.toml").read_text().replace('"2026-11"', '"2027-03"')
    later = later.replace("2018-05-25", "2027-03-01").replace("months = [1], roll", "months = [2], roll")
    (folder / "gdpr-2027-03.toml").write_text(later)
    received = date(2026, 11, 26)
    calendar = calendar_for(old)

    assert in_force("gdpr", date(2027, 2, 28), folder=folder).id == "gdpr/2026-11"
    new = in_force("gdpr", date(2027, 3, 1), folder=folder)
    assert new.id == "gdpr/2027-03"
    again = pinned("gdpr/2026-11", old.digest, folder=folder)
    assert dates(again, Right.ACCESS, received, calendar).legal == date(2026, 12, 28)
    assert dates(new, Right.ACCESS, received, calendar).legal == date(2027, 1, 26)

    with pytest.raises(AlteredPack, match="is not the one that was pinned"):
        pinned("gdpr/2026-11", sha256(b"another").hexdigest(), folder=folder)


def test_before_the_oldest_version_the_oldest_counts() -> None:
    assert in_force("ccpa", date(1999, 1, 1)).id == "ccpa/2026-11"


def test_each_law_gives_its_rights_and_no_other() -> None:
    """X-02"""
    gdpr = {
        Right.ACCESS,
        Right.RECTIFICATION,
        Right.ERASURE,
        Right.RESTRICTION,
        Right.PORTABILITY,
        Right.OBJECTION,
        Right.WITHDRAWAL,
    }

    assert set(pack("gdpr/2026-11").rights) == gdpr == set(pack("voluntary/2026-11").rights)
    assert set(pack("ccpa/2026-11").rights) == {
        Right.ACCESS,
        Right.KNOW,
        Right.PORTABILITY,
        Right.ERASURE,
        Right.DELETE,
        Right.RECTIFICATION,
        Right.OPT_OUT,
    }
    with pytest.raises(
        NotGiven, match=r"California Consumer Privacy Act \(ccpa/2026-11\) gives no right of restriction"
    ):
        dates(pack("ccpa/2026-11"), Right.RESTRICTION, date(2026, 11, 26), calendar_for(pack("ccpa/2026-11")))


@pytest.mark.parametrize(
    ("regime", "right", "low", "high"),
    [
        ("ccpa", Right.OPT_OUT, Certainty.NONE, Certainty.NONE),
        ("ccpa", Right.KNOW, Certainty.REASONABLE, Certainty.REASONABLE),
        ("ccpa", Right.ACCESS, Certainty.HIGH, Certainty.HIGH),
        ("ccpa", Right.DELETE, Certainty.REASONABLE, Certainty.HIGH),
        ("gdpr", Right.WITHDRAWAL, Certainty.NONE, Certainty.NONE),
        ("gdpr", Right.ACCESS, Certainty.REASONABLE, Certainty.HIGH),
    ],
)
def test_how_sure_it_must_be_who_asks_follows_from_right_and_risk(
    regime: str, right: Right, low: Certainty, high: Certainty
) -> None:
    """C-39, C-40, G-12.8"""
    found = in_force(regime, date(2026, 11, 26))

    assert (found.certainty(right, Risk.LOW), found.certainty(right, Risk.HIGH)) == (low, high)


def test_a_certainty_reaches_what_is_no_higher() -> None:
    reached = {(a, b) for a in Certainty for b in Certainty if a.reaches(b)}

    assert reached == {
        (Certainty.NONE, Certainty.NONE),
        (Certainty.REASONABLE, Certainty.NONE),
        (Certainty.REASONABLE, Certainty.REASONABLE),
        (Certainty.HIGH, Certainty.NONE),
        (Certainty.HIGH, Certainty.REASONABLE),
        (Certainty.HIGH, Certainty.HIGH),
    }


def test_the_californian_examples_of_proof_are_two_points_or_three_and_a_declaration() -> None:
    """C-39"""
    levels = pack("ccpa/2026-11").levels

    assert (levels[Certainty.REASONABLE].data_points, levels[Certainty.REASONABLE].declaration) == (2, False)
    assert (levels[Certainty.HIGH].data_points, levels[Certainty.HIGH].declaration) == (3, True)


def test_a_right_is_refused_and_extended_only_on_the_grounds_of_its_law() -> None:
    """G-12.4, G-12.7, G-17.3, C-03, C-25, C-30"""
    gdpr, ccpa = pack("gdpr/2026-11"), pack("ccpa/2026-11")

    assert {name: each.cites for name, each in gdpr.may_refuse(Right.ERASURE).items() if each.partial} == {
        "free-expression": "Art. 17(3)(a) GDPR",
        "legal-obligation": "Art. 17(3)(b) GDPR",
        "public-health": "Art. 17(3)(c) GDPR",
        "archiving": "Art. 17(3)(d) GDPR",
        "legal-claims": "Art. 17(3)(e), 21(1) GDPR",
        "basis": "Art. 17(1), 20(1), 21(1) GDPR",
    }
    assert "legal-claims" not in gdpr.may_refuse(Right.ACCESS)
    assert gdpr.may_refuse(Right.WITHDRAWAL) == {}
    assert set(gdpr.may_extend(Right.ACCESS)) == {"complexity", "number"}
    assert set(ccpa.may_refuse(Right.OPT_OUT)) == {"fraud"}
    assert ccpa.may_extend(Right.OPT_OUT) == {}
    with pytest.raises(KeyError):
        ccpa.may_refuse(Right.RESTRICTION)


@settings(deadline=None)  # the calendars are read on first use
@given(
    received=st.dates(date(2000, 1, 1), date(2060, 12, 31)),
    which=st.sampled_from([(each, right) for each in every() for right in each.rights]),
    country=st.sampled_from(["", "DE", "FR", "AT", "IE", "XX"]),
    asked=st.integers(0, 40),
    waiting=st.integers(0, 90),
)
def test_no_target_is_later_than_its_law_nor_before_receipt_and_no_pause_moves_it(
    received: date, which: tuple[Pack, Right], country: str, asked: int, waiting: int
) -> None:
    """X-04, T-09"""
    law, right = which
    calendar = calendar_for(law, country=country)
    start = date.fromordinal(received.toordinal() + asked)
    pause = Pause(start, date.fromordinal(start.toordinal() + waiting))

    plain = dates(law, right, received, calendar)
    paused = dates(law, right, received, calendar, pauses=(pause,))

    assert received <= plain.answer.target <= plain.legal <= paused.legal
    assert paused.answer.target == plain.answer.target
    if plain.extended is not None and plain.extended.legal is not None:
        assert plain.answer.target <= plain.extended.target <= plain.extended.legal
        assert plain.legal < plain.extended.legal
    if plain.acknowledge is not None and plain.acknowledge.legal is not None:
        assert received < plain.acknowledge.target <= plain.acknowledge.legal
    weekends = dates(law, right, received, calendar_for(law))
    assert weekends.legal <= plain.legal, "without known holidays nothing may come later"


def test_pauses_that_overlap_count_their_days_once() -> None:
    first = Pause(date(2026, 5, 1), date(2026, 5, 5))
    second = Pause(date(2026, 5, 3), date(2026, 5, 8))
    backwards = Pause(date(2026, 5, 9), date(2026, 5, 2))

    assert [waited(each) for each in ((), (first,), (first, second), (backwards,))] == [0, 4, 7, 0]


def test_a_region_nobody_listed_is_refused_with_those_that_are() -> None:
    with pytest.raises(UnknownRegion) as caught:
        check_region("DE", "XX")

    assert "HE" in caught.value.known
    check_region("DE", "HE")


def test_the_schema_is_json_and_names_no_key_that_the_reader_fills() -> None:
    assert "digest" not in json.loads(schema_text())["properties"]
