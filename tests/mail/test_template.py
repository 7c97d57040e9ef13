"""The letters: the same in every language, true to the law, and mended where somebody's own words are not."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import upheld
from upheld.law import packs
from upheld.law.pack import Pack
from upheld.law.right import Right
from upheld.mail import template
from upheld.mail.template import FRAME, OCCASIONS, PLACEHOLDERS, Broken, Template

LANGUAGES = tuple(each for each in template.languages() if each != "en")
LOCALE = Path(upheld.__file__).parent / "web" / "locale"
LAWS = ("gdpr", "ccpa", "voluntary")
LETTERS = [template.ours(name, "en") for name in template.names()]
CALIFORNIA = re.compile(r"(?:11 CCR|Cal\. Civ\. Code) [\d.]+(?:\(\w+\))*")
ARTICLES = {
    "en": re.compile(r"(\d+)\((\d)\)(?:\(([a-z])\))?|Art\. (\d+)(?![\d(])"),
    "de": re.compile(r"(\d+) Abs\. (\d)(?: Buchst\. ([a-z]))?|Art\. (\d+)(?! Abs)\b"),
    "fr": re.compile(r"(\d+), paragraphe (\d)(?:, point ([a-z])\))?|article (\d+)(?!,)\b"),
}


def pack_of(law: str) -> Pack:
    return packs.in_force(law, date(2026, 11, 26))


def cited(letter: Template, language: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """California's provisions as they stand, and articles as numbers."""
    text = letter.text
    others = CALIFORNIA.sub("", text)
    articles = [(each[0] or each[3], each[1], each[2]) for each in ARTICLES[language].findall(others)]
    return sorted(CALIFORNIA.findall(text)), sorted(articles)


def test_every_language_of_the_pages_has_its_letters() -> None:
    assert set(LANGUAGES) == {each.parent.name for each in LOCALE.glob("*/LC_MESSAGES")}


def test_there_are_forty_that_an_officer_sends_and_each_is_reached_by_its_occasion() -> None:
    sent = [each for each in LETTERS if each.occasion != "itself"]

    assert len(sent) >= 40
    assert {each.occasion for each in LETTERS} == set(OCCASIONS)
    assert [each.name for each in LETTERS if not each.when or not each.subject] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*template.names(), FRAME])
def test_a_letter_says_the_same_in_every_language(name: str, language: str) -> None:
    english, other = template.ours(name, "en"), template.ours(name, language)

    assert other.file == f"letters/{language}/{name}.md"
    assert set(other.placeholders) == set(english.placeholders)
    assert template.MARK.findall(other.subject) == template.MARK.findall(english.subject)
    assert cited(other, language) == cited(english, "en")
    assert other.text.count("\n\n") == english.text.count("\n\n"), "paragraph for paragraph"
    assert set(other.placeholders) <= {*PLACEHOLDERS, "letter"}
    assert template.own(english, language, template.written(other.subject, other.text)).text == other.text


@pytest.mark.parametrize("letter", LETTERS, ids=lambda each: each.name)
def test_a_letter_says_nothing_that_its_law_does_not_give(letter: Template) -> None:
    """G-12.6, G-12.11, C-24"""
    for law in letter.laws or LAWS:
        pack = pack_of(law)
        rights = letter.rights or tuple(pack.rights)
        assert [each for each in letter.rights if pack.given(each) is None and len(letter.laws) == 1] == []
        for right in rights:
            if pack.given(right) is None:
                continue
            if letter.occasion == "stays":
                assert pack.may_refuse(right), (law, right)
            if letter.occasion == "stays" and letter.ground:
                assert letter.ground in pack.may_refuse(right), (law, right)
            if letter.occasion == "time" and letter.ground:
                assert letter.ground in pack.may_extend(right), (law, right)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_refusal_gives_its_reason_and_the_ways_to_complain_and_to_go_to_court(language: str) -> None:
    """G-12.6, G-12.4"""
    refusals = [template.ours(each.name, language) for each in LETTERS if each.occasion == "stays"]
    european = [each for each in refusals if each.laws == ("gdpr",)]

    assert len(european) >= 8
    for letter in european:
        assert "authority" in letter.placeholders, letter.name
        assert {"reason", "law"} & set(letter.placeholders), letter.name
        assert ("12", "4", "") in cited(letter, language)[1], letter.name
    longer = template.ours("extend", language)
    assert {"reason", "extended", "authority"} <= set(longer.placeholders)
    assert ("12", "3", "") in cited(longer, language)[1]


def test_every_right_of_every_law_has_letters_to_acknowledge_to_answer_and_to_say_no() -> None:
    lacking = []
    for law in ("gdpr", "ccpa"):
        for right in pack_of(law).rights:
            fitting = {each.occasion for each in LETTERS if each.sendable and each.fits(law, right)}
            wanted = {"done", "end"} | ({"stays"} if pack_of(law).may_refuse(right) else set())
            lacking += [(law, right, each) for each in wanted - fitting]

    assert lacking == []


def test_an_opt_out_is_never_asked_to_be_verified() -> None:
    """C-30"""
    asking = [each.name for each in LETTERS if each.occasion == "asking" and each.fits("ccpa", Right.OPT_OUT)]

    assert asking == []


def test_a_value_is_put_in_as_it_is_and_a_missing_one_names_file_and_line() -> None:
    letter = template.ours("delay", "en")
    values = {"target": "{legal}", "legal": "Friday", "reason": "a {brace}", "answer_by": "Monday"}

    with pytest.raises(Broken) as caught:
        template.filled(letter, values)
    assert (caught.value.file, caught.value.line) == ("letters/en/delay.md", 11)
    assert "{number}" in caught.value.what

    subject, text = template.filled(letter, values | {"number": "0A1B"})
    assert subject == "Your answer comes later than we said"
    assert "by {legal}, and" in text
    assert "The reason: a {brace}" in text
    blanks = template.filled(letter, values, blanks=True)[1]
    assert "[…: the number of the case]" in blanks


GOOD = "---\nsubject: Done, {number}\n---\nRead it: {link}\n"


def own(folder: Path, content: str | bytes, file: str = "de/done.md") -> Path:
    path = folder / "letters" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_own_words_take_the_place_of_ours_in_their_language_only(tmp_path: Path) -> None:
    own(tmp_path, GOOD)

    assert template.read("done", "de", tmp_path).text == "Read it: {link}"
    assert template.read("done", "de", tmp_path).rights == template.ours("done", "en").rights
    assert template.read("done", "en", tmp_path) == template.ours("done", "en")
    assert template.faults(tmp_path) == ()


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (GOOD.replace("{link}", "{link} {adress}"), 4, "knows no {adress}"),
        (GOOD.replace("{link}", "{link} {wish}"), 4, "knows no {wish}"),
        (GOOD.replace("{number}", "{nobody}"), 2, "knows no {nobody}"),
        (GOOD.replace("{link}", "no link"), 4, "{link} is missing"),
        (GOOD + "\n\n{ alone", 7, "a brace stands alone"),
        ("Read it: {link}\n", 1, "no subject"),
        ("---\nsubject: x", 2, "the second ---"),
        ("---\nsubject: x\nlaws: gdpr\n---\n{link}", 1, "no `laws`"),
        ("---\nsubject: x\nsubject: y\n---\n{link}", 3, "no `key: value`"),
        ("---\nsubject: x\n---\n\n", 5, "no text"),
        (b"---\nsubject: \xff\n---\n{link}", 1, "cannot be read"),
    ],
)
def test_own_words_that_cannot_be_used_are_named_by_line_and_ours_go_out(
    content: str | bytes, line: int, words: str, tmp_path: Path
) -> None:
    own(tmp_path, content)

    [fault] = template.faults(tmp_path)

    assert (fault.file, fault.line) == ("letters/de/done.md", line)
    assert words in fault.what
    assert template.usable("done", "de", tmp_path) == template.ours("done", "de")
    with pytest.raises(Broken):
        template.read("done", "de", tmp_path)


RECEIPT = "---\nsubject: Here\n---\n{lines} {link}\nBy {target}.\nAt last {legal}.\n"


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (
            RECEIPT.replace(".\nAt", ". At"),
            5,
            "{legal} may be lacking, and its line is left out then, with {target}.",
        ),
        (
            RECEIPT.replace("Here", "Here: {sender}"),
            2,
            "{sender} may be lacking, and its line is left out then.",
        ),
        (RECEIPT.replace("At last {legal}.", ""), 4, "{legal} is missing"),
        (RECEIPT.replace("By {target}.", "").replace("Here", "By {target}"), 4, "{target} is missing"),
    ],
)
def test_what_goes_with_a_value_that_may_be_lacking_is_nothing_that_has_to_be_said(
    content: str, line: int, words: str, tmp_path: Path
) -> None:
    own(tmp_path, RECEIPT, "de/received.md")
    assert template.faults(tmp_path) == ()

    own(tmp_path, content, "de/received.md")

    [fault] = template.faults(tmp_path)
    assert fault.line == line
    assert words in fault.what


def test_a_line_is_left_out_with_its_value_and_a_gap_with_the_line() -> None:
    letter = replace(
        template.ours("received", "en"), text="A\n\n{sender}\n\nB\n{legal} too\nC\n\n{link}", begins=5
    )

    assert template.filled(letter, {"link": "{sender}\n\n\nL"})[1] == "A\n\nB\nC\n\n{sender}\n\n\nL"
    assert template.filled(letter, {"link": "L", "sender": "S"})[1] == "A\n\nS\n\nB\nC\n\nL"
    with pytest.raises(Broken) as caught:
        template.filled(letter, {"sender": "S"})
    assert caught.value.line == 13
    assert template.filled(letter, {}, blanks=True)[1].count("[…") == 3


def test_a_file_that_is_no_letter_is_told(tmp_path: Path) -> None:
    own(tmp_path, GOOD, "de/dome.md")
    own(tmp_path, GOOD, "de/done.txt")
    own(tmp_path, GOOD, "done.md")
    own(tmp_path, GOOD, "pt/done.md")

    assert [each.file for each in template.faults(tmp_path)] == [
        "letters/de/dome.md",
        "letters/de/done.txt",
        "letters/done.md",
    ], "a fourth language is one"
    assert template.usable("done", "pt", tmp_path).text == "Read it: {link}"
    assert template.usable("task", "pt", tmp_path) == template.ours("task", "en")


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        template.read("../../upheld", "en", tmp_path)
    assert template.ours("done", "../..") == template.ours("done", "en")


@pytest.mark.parametrize("letter", LETTERS, ids=lambda each: each.name)
def test_what_a_letter_cites_stands_in_its_list_of_what_it_cites(letter: Template) -> None:
    state, articles = cited(letter, "en")
    listed = replace(letter, text=letter.cites.replace(", ", ", Art. ").replace("Art. Art.", "Art."))
    known, names = cited(replace(listed, text=listed.text.replace("Art. 11 CCR", "11 CCR")), "en")

    assert set(state) <= set(known)
    assert set(articles) <= set(names)
