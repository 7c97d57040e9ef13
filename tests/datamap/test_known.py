"""The two lists: well-known systems, and countries."""

from zoneinfo import available_timezones

from upheld.datamap.known.listed import countries, groups, systems

KINDS = {"", "sql", "files", "mailbox"}


def test_there_are_forty_systems_each_with_all_that_its_owner_is_told() -> None:
    listed = [each for group in groups() for each in group.systems]

    assert (len(listed), len(systems())) == (40, 40)
    assert [
        each.name
        for each in listed
        if not all((each.holds, each.look_for, each.how, each.copy, each.categories))
    ] == []
    assert {each.later for each in listed} <= KINDS


def test_every_country_has_a_time_zone_and_the_gdpr_is_where_it_is() -> None:
    known = {each.code: each for each in countries()}

    assert {each.code for each in countries() if each.time_zone not in available_timezones()} == set()
    assert len(known) == len(countries()) == 249
    assert [known[each].gdpr for each in ("DE", "IS", "LI", "NO", "RE", "CH", "GB", "US")] == [
        *[True] * 5,
        *[False] * 3,
    ]
    assert sum(each.gdpr for each in countries()) == 30 + len(("AX", "GF", "GP", "MQ", "RE", "YT", "MF"))
