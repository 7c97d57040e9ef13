"""Tables of names and values: a rule for each name that may be told, and what is new is asked about."""

from upheld.datamap.discover.seen import Column, Sight, Sort, Table
from upheld.datamap.discover.setting import key_value, rules, told

PLAIN = Sight(filled=40, distinct=3)
MAIL = Sight(filled=40, distinct=40, kinds={"email": 40})


def _table(settings: dict[str, Sight], *, untold: bool = False) -> Table:
    columns = {name: Column(name, Sort.TEXT) for name in ("user_id", "meta_key", "meta_value")}
    return Table("usermeta", "usermeta", columns, settings=settings, untold=untold)


def test_a_name_whose_values_are_personal_has_a_rule_of_its_own_and_an_unknown_one_is_asked_about() -> None:
    assert rules(_table({"billing_email": MAIL, "digest": PLAIN, "format": PLAIN}), "delete", 0.8) == [
        {
            "when": {"meta_key": "billing_email"},
            "on_erase": {
                "proposed": "delete",
                "confidence": 0.8,
                "because": "100% of the values seen look like it",
            },
        },
        {
            "when": {"meta_key": ["digest", "format"]},
            "on_erase": {
                "proposed": "delete",
                "confidence": 0.72,
                "because": "they are hers, though nothing seen of them looks like a person's",
            },
        },
        {"otherwise": "ask"},
    ]


def test_names_that_may_not_be_told_are_proposed_for_without_being_told() -> None:
    assert rules(_table({"format": PLAIN}, untold=True), "delete", 0.8)[1:] == [
        {
            "otherwise": {
                "proposed": "delete",
                "confidence": 0.56,
                "because": "there are names that are not told here, for somebody may have written them",
            }
        }
    ]


def test_without_a_name_that_may_be_told_there_are_no_rules() -> None:
    assert rules(_table({}, untold=True), "delete", 0.8) == []


def test_a_name_is_told_that_recurs_and_is_made_of_known_words_alone() -> None:
    names = {
        "billing_email": 9,
        "_digest.format": 3,
        "email": 2,
        "ada_email": 9,
        "ada@quill.example": 9,
        "": 9,
    }

    assert told(names) == ("_digest.format", "billing_email")


def test_a_name_that_is_a_word_for_personal_data_has_a_rule_of_its_own() -> None:
    assert rules(_table({"nickname": PLAIN}), "delete", 0.8)[0] == {
        "when": {"meta_key": "nickname"},
        "on_erase": {"proposed": "delete", "confidence": 0.8, "because": "its name says so"},
    }


def test_a_property_is_the_name_of_a_value() -> None:
    columns = {name: Column(name, Sort.TEXT) for name in ("up_property", "up_value")}

    assert key_value(Table("user_properties", "user_properties", columns)) == ("up_property", "up_value")
