"""What words speak of: each proposal with the words that it rests on."""

import pytest

from upheld.mail.wishes import language_of, laws_in, number_in, places_in, rights_in, vocabularies

ALL = ("en", "de", "fr")


@pytest.mark.parametrize(
    ("text", "rights", "language"),
    [
        ("Hello, please send me a copy of my data and then delete my account.", ["ACCESS", "ERASURE"], "en"),
        ("I withdraw my consent and object to direct marketing.", ["OBJECTION", "WITHDRAWAL"], "en"),
        ("Do not sell my data. I am a California resident.", ["OPT_OUT"], "en"),
        ("My name is misspelt, please correct my name.", ["RECTIFICATION"], "en"),
        ("Please do not delete my account, I want access to my data.", ["ACCESS"], "en"),
        ("When do you open on Sunday?", [], "en"),
        ("Ich bitte um Auskunft nach Art. 15 DSGVO.", ["ACCESS"], "de"),
        ("Bitte löschen Sie mein Konto und alle Daten über mich.", ["ERASURE"], "de"),
        ("Ich widerspreche der Verwendung meiner Daten für Werbung.", ["OBJECTION"], "de"),
        ("Bitte berichtigen Sie meine Anschrift.", ["RECTIFICATION"], "de"),
        ("Wann haben Sie am Sonntag geöffnet?", [], "de"),
        ("Je vous prie de supprimer mon compte et d’effacer mes données.", ["ERASURE"], "fr"),
        ("Je demande une copie de mes données en vertu de l’article 15 du RGPD.", ["ACCESS"], "fr"),
        ("Je m’oppose à l’utilisation de mes données pour de la publicité.", ["OBJECTION"], "fr"),
        ("À quelle heure est-ce que vous ouvrez le dimanche ?", [], "fr"),
    ],
)
def test_rights_and_language_are_proposed_by_words(text: str, rights: list[str], language: str) -> None:
    assert (sorted(each.what for each in rights_in(text)), language_of(text, among=ALL)) == (rights, language)


def test_a_proposal_says_its_words_and_the_heaviest_comes_first() -> None:
    first, second = rights_in("Copy of my data, art. 15 GDPR!\nThen delete  MY account.")

    assert (first.what, first.words) == ("ACCESS", ("copy of my data", "art. 15"))
    assert (second.what, second.words) == ("ERASURE", ("delete my",))


def test_laws_places_and_numbers_are_read() -> None:
    text = "I live in San Francisco, California. Under the CCPA … customer number: K-4711/b, thank you"

    assert [each.what for each in laws_in(text)] == ["ccpa"]
    assert [each.what for each in places_in(text)] == ["US-CA"]
    assert number_in(text) == "K-4711/b"
    assert number_in("Meine Kundennummer ist 12 und der Rest") == "12"
    assert number_in("customer number please") == ""


def test_a_language_that_is_not_answered_in_is_never_proposed() -> None:
    assert language_of("Bitte löschen Sie meine Daten", among=("fr", "en")) == "fr"
    assert language_of("", among=("fr", "en")) == "fr"


def test_every_language_has_words_for_the_same_rights_but_what_is_of_one_law() -> None:
    spoken = {each.language: {right.value for right in each.rights} - {"OPT_OUT"} for each in vocabularies()}

    assert spoken["de"] == spoken["fr"] == spoken["en"]
