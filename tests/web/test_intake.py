"""The pages of the post: whatever is pasted or uploaded gives a page, and nobody's data comes out beside it."""

import pytest

from tests.web.child import told
from tests.web.journeys.plugin import ORGANISATION, PURPOSES
from tests.web.test_matrix import LETTERS


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("posting")
    privacy = folder / "privacy"
    (privacy / "systems").mkdir(parents=True)
    (privacy / "upheld.yaml").write_text(ORGANISATION.replace("[gdpr]", "[gdpr, ccpa]"))
    (privacy / "purposes.yaml").write_text(PURPOSES)
    (privacy / "systems" / "letters.yaml").write_text(LETTERS)
    found: dict[str, object] = told("posting", folder, records=False)
    return found


@pytest.mark.fuzz
def test_whatever_is_pasted_uploaded_or_said_of_it_gives_a_page(seen: dict[str, object]) -> None:
    """An exception of any kind would have ended the child."""
    assert set(seen["statuses"]) <= {200, 302, 409, 422}  # type: ignore[call-overload]
    assert (seen["opened"], seen["logged"]) == (True, False)


def test_a_file_beyond_the_bound_is_not_taken_and_says_so(seen: dict[str, object]) -> None:
    assert seen["large"] == [422, True, True]


def test_a_form_of_another_site_is_refused_though_the_token_is_read_late(seen: dict[str, object]) -> None:
    assert seen["forged"] == 403


def test_opening_a_message_is_a_look(seen: dict[str, object]) -> None:
    assert seen["looked"] == 1


def test_the_list_takes_as_many_queries_for_more_messages(seen: dict[str, object]) -> None:
    first, more = seen["queries"]  # type: ignore[misc]

    assert first == more


def test_an_answer_is_filed_into_its_case_and_whose_it_is_is_said_before(seen: dict[str, object]) -> None:
    found: dict[str, object] = seen["filed"]  # type: ignore[assignment]
    pages = {name: str(each) for name, each in found.items()}
    for name in ("hers", "a stranger's", "a number that she has"):
        assert "This seems to be an answer." in pages[name]
        assert "File it into this case" in pages[name]
    assert "It came from an address of the person whom that case is about." in pages["hers"]
    assert "It did not come from an address of the person" in pages["a stranger's"]
    assert "File it into this case" not in pages["without a number"]
    assert "No case that can be answered has the number 00000000." in pages["a number that is none"]
    assert (found["led"], found["unexplained"], found["looked"]) == (True, 409, 1)
    assert "Read the answer" in pages["case"]
    assert "river" not in pages["case"]
    assert "It is the one by the river." in pages["read"]
