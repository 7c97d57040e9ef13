"""Citations resolve, sentences are single, and look-alikes are not citations."""

from pathlib import Path

from tools import requirements


def test_a_citation_without_a_sentence_is_found(tmp_path: Path) -> None:
    known, twice = requirements.defined([_page(tmp_path, "- **G-17.3** — Exceptions are coded.")])
    code = tmp_path / "topic.py"
    code.write_text('"""Keeps what the law asks for (G-17.3, P-14)."""\n\ndef test_scenario_99_x(): ...\n')
    assert (known, twice) == ({"G-17.3"}, [])
    assert [
        (finding.line, finding.what.split()[0]) for finding in requirements.unresolved([code], known)
    ] == [
        (1, "P-14"),
        (3, "S-99"),
    ]


def test_an_id_with_two_sentences_is_found(tmp_path: Path) -> None:
    page = _page(tmp_path, "- **X-04** — One.\n- **X-04** — Two.")
    assert [finding.line for finding in requirements.defined([page])[1]] == [2]


def test_a_scenario_that_waits_still_has_its_sentence(tmp_path: Path) -> None:
    page = _page(tmp_path, "- **S-55** (later: the undo window) — Undo restores.")
    assert requirements.defined([page]) == ({"S-55"}, [])


def test_names_that_only_look_like_ids_are_not_citations(tmp_path: Path) -> None:
    code = tmp_path / "topic.py"
    code.write_text("UTF-8, SHA-256, P-256, C-154/21, AES-256-GCM, ISO-8859-1, G-17, DRP-200\n")
    assert list(requirements.cited(code)) == []


def test_every_family_is_recognised(tmp_path: Path) -> None:
    names = ["G-07.1", "X-04", "E-01", "C-22", "T-02", "L-03", "P-14", "K-05", "DRP-20", "GPC-01", "U-05"]
    names += ["ST-01", "OD-03", "IAB-02", "CR-04", "ID-01", "S-14", "DRP-T"]
    code = tmp_path / "topic.py"
    code.write_text(", ".join(names))
    assert [name for _, name in requirements.cited(code)] == names


def _page(folder: Path, text: str) -> Path:
    page = folder / "page.md"
    page.write_text(text + "\n")
    return page
