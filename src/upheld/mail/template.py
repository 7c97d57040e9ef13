"""The letters as text files: found, read, checked and filled. A privacy folder may hold its own wording.

Ours are `mail/letters/<language>/<name>.md`, an organisation's own `letters/<language>/<name>.md` in its
privacy folder. The English file says of each letter when it is for, under which law and for which rights; the
others, and an organisation's own, have a subject and a text. It also says which values may be lacking: a line
that names one of them is then left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from upheld.law.right import Right
from upheld.rights.outcome import Misconfigured

OURS = Path(__file__).parent / "letters"
FOLDER = "letters"
FRAME = "frame"
"""What stands around every letter: how it greets, and who signs."""
FIRST = "en"
LONGEST = 20_000
MARK = re.compile(r"\{([^{}]*)\}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
BLANK = "[…: {}]"

OCCASIONS = {
    "receipt": "When something has come in",
    "asking": "To ask for something",
    "time": "When it takes longer",
    "done": "When it is done",
    "stays": "When something stays, or the answer is no",
    "end": "At the end",
    "others": "To others",
    "itself": "Sent by Upheld itself",
}
GIVEN = {
    "organisation": "the organisation’s name",
    "contact": "where people write to",
    "authority": "the authority to which people can complain",
    "number": "the number of the case",
    "wish": "what was asked for",
    "received": "the day on which it reached us",
    "target": "the day by which we answer",
    "legal": "the last day that the law allows",
    "extended": "the last day after an extension",
    "link": "the address of a page",
    "system": "the title of a system",
    "due": "the day by which its owner should answer",
    "until": "the last day of a copy or of a link",
    "lines": "what there is to tell, a line each",
    "sender": "who wrote in the person’s name",
    "former": "the day by which we meant to answer",
    "why": "the ground of a decision, in a sentence",
    "systems": "the titles of systems",
    "who": "who of the organisation asks",
    "said": "what is to be decided",
}
"""What is filled in by itself, where there is a case."""
WRITTEN = {
    "reason": "Why, in your words",
    "needed": "What you need",
    "answer_by": "Until when an answer helps",
    "done": "What was done, in your words",
    "kept": "What stays",
    "law": "Which provision says so",
    "kept_until": "Until when it stays",
    "recipient": "Who was told, or who should be asked instead",
}
"""What somebody writes, in her own words."""
PLACEHOLDERS = GIVEN | WRITTEN
ALWAYS = ("organisation", "contact", "number")
"""What every letter knows."""
CASE = ("authority", "wish", "received", "target", "legal", *WRITTEN)
"""What every letter in a case knows besides."""
NEEDED = ("link", "lines", "letter")
"""A letter that has one of these is of no use without it."""


class Broken(Misconfigured):
    """A letter that cannot be used as it stands. `line` counts from 1."""

    def __init__(self, file: str, line: int, what: str, remedy: str) -> None:
        super().__init__(f"{file}, line {line}: {what}", remedy)
        self.file, self.line = file, line


@dataclass(frozen=True, slots=True)
class Template:
    """One letter in one language. `begins`: the line of its file on which the text begins. `laws` and
    `rights`: under which and for which it may be sent; all where they are empty. `ground`: that of a
    refusal or an extension, as regime packs name it. `optional`: values that may be lacking, and the line
    with them. `needs`: what no wording of it may leave out."""

    name: str
    language: str
    subject: str
    text: str
    file: str
    begins: int
    own: bool = False
    occasion: str = ""
    when: str = ""
    laws: tuple[str, ...] = ()
    rights: tuple[Right, ...] = ()
    ground: str = ""
    cites: str = ""
    optional: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Those that it uses, in their order."""
        return tuple(dict.fromkeys(MARK.findall(f"{self.subject}\n{self.text}")))

    @property
    def must(self) -> tuple[str, ...]:
        """Those that another wording of it may not leave out."""
        return (*(each for each in NEEDED if each in self.placeholders), *self.needs)

    @property
    def open(self) -> tuple[str, ...]:
        """Those that somebody has to write."""
        return tuple(each for each in self.placeholders if each in WRITTEN)

    @property
    def allowed(self) -> tuple[str, ...]:
        """Those that another wording of it may use."""
        return tuple(
            dict.fromkeys(
                (*self.placeholders, *ALWAYS, *(CASE if self.occasion not in ("", "itself") else ()))
            )
        )

    @property
    def sendable(self) -> bool:
        """Whether an officer sends it to the person; the others go out by themselves, or to others."""
        return self.occasion not in ("itself", "others")

    def fits(self, law: str, right: Right) -> bool:
        """Whether it may be sent under that law for that right."""
        return (not self.laws or law in self.laws) and (not self.rights or right in self.rights)


@cache
def names() -> tuple[str, ...]:
    """Every letter, without its frame."""
    return tuple(sorted(each.stem for each in (OURS / FIRST).glob("*.md") if each.stem != FRAME))


@cache
def languages() -> tuple[str, ...]:
    """Those in which there are letters."""
    return tuple(sorted(each.name for each in OURS.iterdir() if each.is_dir()))


@cache
def ours(name: str, language: str) -> Template:
    """The letter as it comes with Upheld, in English where there is none in that language. KeyError for a
    name that is none."""
    if name != FRAME and name not in names():
        raise KeyError(name)
    if language not in languages() or not (OURS / language / f"{name}.md").is_file():
        language = FIRST
    path = OURS / language / f"{name}.md"
    said, begins, text = _parts(_shown(name, language), path.read_text(encoding="utf-8"))
    facts, _, _ = _parts(_shown(name, FIRST), (OURS / FIRST / f"{name}.md").read_text(encoding="utf-8"))
    return Template(
        name=name,
        language=language,
        subject=said.get("subject", ""),
        text=text,
        file=_shown(name, language),
        begins=begins,
        occasion=facts.get("occasion", ""),
        when=facts.get("when", ""),
        laws=tuple(facts.get("laws", "").split()),
        rights=tuple(Right(each) for each in facts.get("rights", "").split()),
        ground=facts.get("ground", ""),
        cites=facts.get("cites", ""),
        optional=tuple(facts.get("optional", "").split()),
        needs=tuple(facts.get("needs", "").split()),
    )


def read(name: str, language: str, folder: Path) -> Template:
    """The organisation's own wording, or ours where it has none. Raises Broken for one that cannot be used,
    and KeyError for a name that is none."""
    letter = ours(name, language)
    path = folder / _shown(name, language)
    try:
        written = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return letter
    except (OSError, UnicodeDecodeError) as error:
        raise Broken(
            _shown(name, language), 1, "it cannot be read as text.", "Save it as UTF-8, or remove it."
        ) from error
    return own(letter, language, written)


def own(letter: Template, language: str, written: str) -> Template:
    """Another wording of a letter. Raises Broken."""
    file = _shown(letter.name, language)
    if len(written) > LONGEST:
        raise Broken(file, 1, f"it has more than {LONGEST} characters.", "Shorten it.")
    said, begins, text = _parts(file, written)
    for key in said:
        if key != "subject":
            raise Broken(file, 1, f"there is no `{key}` here.", "Only `subject` and the text can be yours.")
    if letter.name != FRAME and not said.get("subject", "").strip():
        raise Broken(file, 1, "it has no subject.", "Begin with ---, a line `subject: …`, and ---.")
    if not text.strip():
        raise Broken(file, begins, "it has no text.", "Write one, or go back to ours.")
    found = replace(
        letter,
        language=language,
        subject=said.get("subject", ""),
        text=text,
        file=file,
        begins=begins,
        own=True,
    )
    _check(found, letter)
    return found


def usable(name: str, language: str, folder: Path) -> Template:
    """The organisation's own wording where it can be used, ours otherwise: a slip in a file must not keep a
    person's mail from her. `faults` tells of the slip."""
    try:
        return read(name, language, folder)
    except Broken:
        return ours(name, language)


def faults(folder: Path) -> tuple[Broken, ...]:
    """Everything that is wrong with the organisation's own letters."""
    return tuple(_faults(folder))


def _faults(folder: Path) -> Iterator[Broken]:
    for path in sorted((folder / FOLDER).rglob("*")):
        if path.is_dir():
            continue
        file = path.relative_to(folder).as_posix()
        language, name = path.parent.name, path.stem
        known = path.suffix == ".md" and name in (*names(), FRAME) and LANGUAGE.fullmatch(language)
        if not known or path.parent.parent != folder / FOLDER:
            yield Broken(
                file,
                1,
                "no letter has that name.",
                f"Letters stand in {FOLDER}/<language>/<name>.md; docs/letters.md lists the names.",
            )
            continue
        try:
            read(name, language, folder)
        except Broken as broken:
            yield broken


def written(subject: str, text: str) -> str:
    """A letter as its file has it."""
    body = text.replace("\r\n", "\n").strip() + "\n"
    return f"---\nsubject: {' '.join(subject.split())}\n---\n{body}" if subject else body


def filled(letter: Template, values: Mapping[str, str], *, blanks: bool = False) -> tuple[str, str]:
    """Subject and text with the values put in; a value is never read for placeholders itself. A line is left
    out that names a value which may be lacking and is. Whatever else has no value is a blank where those are
    wanted, which then every line keeps, else raises Broken."""

    def put(line: str, number: int) -> str:
        def value(match: re.Match[str]) -> str:
            name = match[1]
            if values.get(name):
                return values[name]
            if blanks:
                return BLANK.format(PLACEHOLDERS.get(name, name))
            raise Broken(letter.file, number, f"nothing says {{{name}}}.", "Fill it in, or take it out.")

        return MARK.sub(value, line)

    lacking = () if blanks else tuple(f"{{{each}}}" for each in letter.optional if not values.get(each))
    lines = [
        put(line, number)
        for number, line in enumerate(letter.text.split("\n"), letter.begins)
        if not any(each in line for each in lacking)
    ]
    # A paragraph of which nothing is left leaves no gap; what a value says is not touched.
    kept = [line for at, line in enumerate(lines) if line or at == 0 or lines[at - 1]]
    return put(letter.subject, 2), "\n".join(kept).strip("\n")


def _check(found: Template, letter: Template) -> None:
    """Raise Broken at the first placeholder that is none, brace that belongs to none, or value that would go
    with another that is lacking; and where one is missing that the letter needs."""
    valid = set(letter.allowed)
    for number, line in ((2, found.subject), *enumerate(found.text.splitlines(), found.begins)):
        for name in MARK.findall(line):
            if name not in valid:
                raise Broken(
                    found.file,
                    number,
                    f"this letter knows no {{{name}}}.",
                    f"It has: {', '.join(f'{{{each}}}' for each in sorted(valid))}.",
                )
        if re.search(r"[{}]", MARK.sub("", line)):
            raise Broken(found.file, number, "a brace stands alone.", "Write {number}, or no brace.")
        _apart(found, number, MARK.findall(line), letter)
    for name in letter.must:
        if name not in MARK.findall(found.text):
            raise Broken(
                found.file, found.begins, f"{{{name}}} is missing.", "The letter is of no use without it."
            )


def _apart(found: Template, number: int, names: list[str], letter: Template) -> None:
    """Raise Broken where a line with a value that may be lacking holds one that the letter needs."""
    for name in names:
        if name not in letter.optional:
            continue
        other = next((each for each in names if each in letter.must and each != name), None)
        if other is not None or number < found.begins:
            raise Broken(
                found.file,
                number,
                f"{{{name}}} may be lacking, and its line is left out then"
                + (f", with {{{other}}}." if other else "."),
                f"Give {{{name}}} a line of its own in the text.",
            )


def _parts(file: str, written_: str) -> tuple[dict[str, str], int, str]:
    """The front matter, the line on which the text begins, and the text."""
    lines = written_.replace("\r\n", "\n").lstrip("\ufeff").split("\n")
    if lines[0].strip() != "---":
        return {}, 1, "\n".join(lines).strip("\n")
    said: dict[str, str] = {}
    for number, line in enumerate(lines[1:], 2):
        if line.strip() == "---":
            text = "\n".join(lines[number:])
            blank = len(text) - len(text.lstrip("\n"))
            return said, number + 1 + blank, text.strip("\n")
        key, colon, value = line.partition(":")
        if not colon or key.strip() in said:
            raise Broken(file, number, "this is no `key: value`.", "Write `subject: …`, once.")
        said[key.strip()] = value.strip()
    raise Broken(file, len(lines), "the second --- is missing.", "Put it below `subject: …`.")


def _shown(name: str, language: str) -> str:
    return f"{FOLDER}/{language}/{name}.md"
