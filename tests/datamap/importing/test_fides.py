"""Datasets of Fides as systems of a data map: what is written, what is noted, and what the reader makes of it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from upheld.datamap import model
from upheld.datamap.fault import Invalid
from upheld.datamap.importing.fides.convert import Imported, convert
from upheld.datamap.importing.fides.remarks import Code
from upheld.datamap.read import read

DATASETS = Path(__file__).parent / "datasets"
HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "from-fides.md"
ORGANISATION = "organisation: {name: Town Hall, contact: privacy@town.example.org}\n"
PURPOSES = "purposes: {lending: {title: Lending, basis: contract, retention: as long as the card}}\n"


def carried(name: str, *, system: str = "") -> Imported:
    file = DATASETS / f"{name}.yml"
    return convert(file.name, file.read_bytes(), name=system, purposes=("lending",))


def written(text: str, **more: str) -> Imported:
    return convert("given.yml", text.encode(), **more)


def one(*fields: str, more: str = "") -> Imported:
    """A dataset with one collection `people`, found by an e-mail address, and these fields."""
    lines = "".join(f"          - {each}\n" for each in fields)
    return written(
        "dataset:\n  - fides_key: one\n    collections:\n      - name: people\n        fields:\n"
        "          - {name: mail, data_categories: [user.contact.email], fides_meta: {identity: email}}\n"
        + lines
        + more
    )


def noted(imported: Imported) -> list[tuple[int, str, str]]:
    return [(each.line, each.key, each.code) for each in imported.notes]


def understood(imported: Imported, folder: Path) -> Sequence[model.System]:
    """What the reader of the data map makes of it; raises Invalid where it refuses a file."""
    (folder / "systems").mkdir(parents=True)
    (folder / "upheld.yaml").write_text(ORGANISATION)
    (folder / "purposes.yaml").write_text(PURPOSES)
    for each in imported.systems:
        (folder / "systems" / f"{each.name}.yaml").write_text(each.text)
    return read(folder).systems


@pytest.mark.parametrize(
    ("name", "system"), [("library", ""), ("hospital", ""), ("museum", ""), ("museum", "whole_museum")]
)
def test_a_dataset_becomes_exactly_this_file(name: str, system: str) -> None:
    imported = carried(name, system=system)

    texts = "".join(f"--- {each.name}\n{each.text}" for each in imported.systems)
    assert texts == (DATASETS / f"{system or name}.expected").read_text()


@pytest.mark.parametrize(
    ("name", "system"), [("library", ""), ("hospital", ""), ("museum", ""), ("museum", "whole_museum")]
)
def test_the_reader_accepts_it_and_finds_no_decision_in_it(name: str, system: str, tmp_path: Path) -> None:
    systems = understood(carried(name, system=system), tmp_path)

    treatments = {table.treatment for each in systems for table in each.tables}
    rules = {(rule.action, rule.when) for each in treatments for rule in each.rules}
    assert (rules, {each.by for each in treatments}) == ({(model.Ask(), ())}, {()})


def test_the_reader_understands_the_library_as_it_was_meant(tmp_path: Path) -> None:
    (system,) = understood(carried("library"), tmp_path)

    reader, dwelling, loan, review, guardian, consent, newsletter = system.tables
    assert (system.name, system.title, system.connect) == (
        "town_library",
        "Town library",
        "${TOWN_LIBRARY_DATABASE_URL}",
    )
    assert reader.person == ("id",)
    assert reader.identities == (
        model.IdentityColumn("email", "mail", "email"),
        model.IdentityColumn("phone", "mobile", "phone"),
    )
    assert [(each.column, each.category, each.purposes) for each in reader.fields] == [
        ("id", "identifier", ()),
        ("mail", "email-address", ()),
        ("mobile", "phone-number", ()),
        ("chat", "link", ()),
        ("called", "name", ("lending",)),
        ("born", "date-of-birth", ()),
    ]
    assert dwelling.held_by == (model.Holding("reader", ("home_id",), ("id",)),)
    assert [(each.columns, each.to, each.key) for each in (*loan.links, *review.links, *consent.links)] == [
        (("reader_id",), "reader", ("id",)),
        (("author",), "reader", ("id",)),
        (("guardian_id",), "guardian", ("id",)),
    ]
    assert [(each.columns, each.identity) for each in (*guardian.links, *newsletter.links)] == [
        (("mail",), "email"),
        (("other_mail",), "email"),
        (("address",), "email"),
    ]
    assert (guardian.person, guardian.identities) == ((), ())
    assert loan.purposes == ("lending",)


def test_everything_that_was_left_out_of_the_library_or_guessed_is_noted_with_its_line() -> None:
    assert noted(carried("library")) == [
        (3, "town_library", "connection"),
        (3, "town_library", "undecided"),
        (8, "town_library.reader", "person-guessed"),
        (16, "town_library.reader.mail.fides_meta.length", "length"),
        (20, "town_library.reader.chat", "several-categories"),
        (22, "town_library.reader.called", "purpose"),
        (26, "town_library.reader.called.fides_meta.masking_strategy_override", "masking"),
        (33, "town_library.reader.born.fides_meta.read_only", "read-only"),
        (34, "town_library.dwelling", "no-category"),
        (43, "town_library.loan.fides_meta.erase_after", "order"),
        (44, "town_library.loan.fides_meta.masking_strategy_override", "masking"),
        (53, "town_library.loan.title", "several-categories"),
        (57, "town_library.loan.desk_note.retention", "retention"),
        (58, "town_library.loan.desk_note.fides_meta.masking_strategy_override", "masking"),
        (68, "town_library.review.author.fides_meta.references.1", "direction-guessed"),
        (71, "town_library.review.answers.fides_meta.references.1", "reference-within"),
        (73, "town_library.guardian", "no-category"),
        (73, "town_library.guardian", "person-guessed"),
        (83, "town_library.consent", "no-category"),
        (94, "town_library.shelf", "reaches-nobody"),
        (98, "town_library.shelf.id.data_type", "unknown-key"),
        (102, "town_library.shelf.room.fides_meta.references.1", "unknown-reference"),
        (103, "town_library.import_*", "pattern"),
    ]


def test_everything_that_was_left_out_of_the_hospital_or_guessed_is_noted_with_its_line() -> None:
    assert noted(carried("hospital")) == [
        (3, "ward_documents", "connection"),
        (3, "ward_documents", "not-a-database"),
        (3, "ward_documents", "undecided"),
        (4, "ward_documents.organization_fides_key", "about-the-dataset"),
        (11, "ward_documents.fidesops_meta.after", "about-the-dataset"),
        (13, "ward_documents.patient", "not-personal"),
        (26, "ward_documents.patient.contact.mails", "identity"),
        (28, "ward_documents.patient.contact.mails.fidesops_meta.return_all_elements", "all-elements"),
        (35, "ward_documents.patient.relatives", "inside-a-list"),
        (35, "ward_documents.patient.relatives", "several-categories"),
        (46, "ward_documents.visit", "no-category"),
        (46, "ward_documents.visit", "not-personal"),
        (50, "ward_documents.visit.who", "inside-a-list"),
        (50, "ward_documents.visit.who", "several-categories"),
        (63, "ward_documents.ward", "not-personal"),
        (69, "ward_documents.ward.head.fidesops_meta.custom_request_field", "request-field"),
        (70, "ward_documents.sample", "reaches-nobody"),
        (75, "ward_documents.sample.tag.fidesops_meta.references.1", "reference-inside"),
        (76, "ward_documents.sample.fidesops_meta.skip_processing", "skipped"),
        (76, "ward_documents.sample.fidesops_meta.partitioning", "partitions"),
        (76, "ward_documents.sample.fidesops_meta.redact", "redacted-name"),
    ]


def test_datasets_apart_are_linked_by_identities_only_and_one_system_by_keys() -> None:
    apart, together = carried("museum"), carried("museum", system="whole_museum")

    there = [(each.line, each.code) for each in apart.notes if each.line > 30]
    here = [(each.line, each.code) for each in together.notes if each.line > 30]
    assert there == [
        (31, "connection"),
        (31, "undecided"),
        (38, "other-dataset"),
        (41, "other-dataset"),
        (47, "other-document"),
        (49, "other-document"),
    ]
    assert here == [(41, "other-dataset"), (47, "other-document"), (49, "other-document")]
    assert [(each.name, each.tables) for each in apart.systems] == [("tickets", 2), ("friends", 2)]
    assert [(each.name, each.tables) for each in together.systems] == [("whole_museum", 4)]


def test_a_reference_to_a_part_of_a_key_links_nothing() -> None:
    (note,) = [each for each in carried("museum").notes if each.code == "key-in-part"]

    assert (note.line, note.key) == (28, "tickets.complaint.visitor_number.fides_meta.references.1")
    assert str(note) == (
        "museum.yml:28: tickets.complaint.visitor_number.fides_meta.references.1: It refers to a part of a key, by "
        "which rows of others would be found too: nothing was linked. [key-in-part]\n"
        "    Name all of them: `belongs_to: [{columns: […], to: …, key: […]}]`."
    )


def test_two_columns_that_refer_to_one_table_both_lead_there(tmp_path: Path) -> None:
    imported = written(
        """\
dataset:
  - fides_key: shop
    collections:
      - name: buyer
        fields:
          - {name: id, fides_meta: {primary_key: true}}
          - {name: mail, fides_meta: {identity: email}}
          - {name: home, fides_meta: {references: [{dataset: shop, field: place.id, direction: to}]}}
          - {name: work, fides_meta: {references: [{dataset: shop, field: place.id, direction: to}]}}
      - name: place
        fields:
          - {name: id, fides_meta: {primary_key: true}}
      - name: order
        fields:
          - {name: by, fides_meta: {references: [{dataset: shop, field: buyer.id, direction: from}]}}
"""
    )

    (system,) = understood(imported, tmp_path)
    place = system.table("place")
    assert place.held_by == (model.Holding("buyer", ("home",), ("id",)),)
    assert [(each.columns, each.to, each.key) for each in place.links] == [(("id",), "buyer", ("work",))]
    assert (9, "second-holder") in [(each.line, each.code) for each in imported.notes]


def test_an_end_that_says_a_direction_wins_over_one_that_does_not() -> None:
    imported = written(
        """\
dataset:
  - fides_key: shop
    collections:
      - name: buyer
        fields:
          - {name: mail, fides_meta: {identity: email, references: [{dataset: shop, field: letter.mail}]}}
      - name: letter
        fields:
          - name: mail
            fides_meta: {references: [{dataset: shop, field: buyer.mail, direction: from}]}
"""
    )

    assert "direction-guessed" not in {each.code for each in imported.notes}
    assert "  letter:\n    belongs_to:\n      mail: buyer.mail\n" in imported.systems[0].text


def test_declared_types_that_differ_are_compared_as_the_key(tmp_path: Path) -> None:
    imported = written(
        """\
dataset:
  - fides_key: shop
    collections:
      - name: buyer
        fields:
          - {name: id, fides_meta: {primary_key: true, data_type: integer}}
          - {name: mail, fides_meta: {identity: email}}
      - name: visit
        fields:
          - name: buyers
            fides_meta:
              data_type: string[]
              references: [{dataset: shop, field: buyer.id, direction: from}]
"""
    )

    (system,) = understood(imported, tmp_path)
    (link,) = system.table("visit").links
    assert (link.columns, link.to, link.key, link.cast, link.array) == (
        ("buyers",),
        "buyer",
        ("id",),
        "integer",
        True,
    )


@pytest.mark.parametrize(
    ("category", "word", "codes"),
    [
        ("user.contact.email", "email-address", set()),
        ("user.contact.email.at_work", "email-address", set()),
        ("user", "personal-data", set()),
        ("user.provided.identifiable.name", "name", set()),
        ("user.derived.identifiable.location", "place", set()),
        ("user.stamp_collection", "user.stamp_collection", {"category"}),
        ("loyalty.tier", "loyalty.tier", {"category"}),
        ("system.operations", None, set()),
    ],
)
def test_a_category_has_a_word_of_ours_or_keeps_its_own_and_is_noted(
    category: str, word: str | None, codes: set[str]
) -> None:
    imported = one(f"{{name: it, data_categories: [{category}]}}")

    assert {each.code for each in imported.notes if each.line == 7} == codes
    line = next(
        (each for each in imported.systems[0].text.splitlines() if each.startswith("      it:")), None
    )
    provided = ", provided: true" if ".provided." in category else ""
    assert line == (f"      it: {{category: {word}{provided}}}" if word else None)


def test_what_a_field_and_a_dataset_say_beside_their_names_is_noted_where_it_is_lost() -> None:
    imported = written(
        """\
dataset:
  - fides_key: shop
    data_categories: [user.name]
    collections:
      - name: buyer
        data_categories: [user.contact]
        fields:
          - {name: id, fides_meta: {primary_key: true}}
          - name: mail
            description: where we write to
            fides_meta: {identity: email, length: 120, return_all_elements: false}
          - name: about
            fields:
              - {name: hobby, description: said at the desk}
      - name: visit
        fields:
          - {name: mail, fides_meta: {identity: email}}
"""
    )

    codes = {"description", "length", "all-elements", "category"}
    assert [(each.line, each.key, each.code) for each in imported.notes if each.code in codes] == [
        (3, "shop.data_categories", "category"),
        (10, "shop.buyer.mail.description", "description"),
        (11, "shop.buyer.mail.fides_meta.length", "length"),
        (11, "shop.buyer.mail.fides_meta.return_all_elements", "all-elements"),
        (14, "shop.buyer.about.hobby.description", "description"),
    ]


def test_everything_that_became_no_field_is_noted_however_deep_it_stands() -> None:
    imported = one(
        "{name: id, data_categories: [system.operations], fides_meta: {primary_key: true}}",
        "{name: flag, data_categories: [system.operations]}",
        "{name: plain}",
        "{name: meta, fields: [{name: phone, data_categories: [user.contact.phone_number]},"
        " {name: tags, fides_meta: {data_type: 'string[]'}}, {name: build, data_categories: [system.operations]},"
        " {name: deep, fields: [{name: one}, {name: two, data_categories: [user.name]}]}]}",
        "{name: made, fields: [{name: by, data_categories: [system.operations]}, {name: at}]}",
        "{name: bag, fields: [{name: a}, {name: b}]}",
        "{name: list, fides_meta: {data_type: 'object[]'}, fields: [{name: x}, {name: y, data_categories: [user.name]}]}",
    )

    assert [
        (each.code, each.what) for each in imported.notes if each.code in ("no-category", "not-personal")
    ] == [
        (
            "no-category",
            "Columns without a category became no fields: `plain`, `meta.tags`, `meta.deep.one`, `made.at`, `bag`.",
        ),
        (
            "not-personal",
            "By their categories these are nobody's, and became no fields: `flag`, `meta.build`, `made.by`.",
        ),
    ]


@pytest.mark.parametrize(
    ("strategy", "near"),
    [
        ("null_rewrite", "What comes nearest: `on_erase: {anonymise: {it: null}}`."),
        ("string_rewrite", 'What comes nearest: `on_erase: {anonymise: {it: "[removed]"}}`.'),
        (
            "random_string_rewrite",
            'What comes nearest: `on_erase: {anonymise: {it: {unique: "removed-{random}"}}}`.',
        ),
        ("hmac", "There is no such thing here: what can be turned back is not erased. Anonymise or delete."),
    ],
)
def test_a_masking_strategy_is_a_hint_and_never_a_decision(strategy: str, near: str) -> None:
    imported = one(f"{{name: it, fides_meta: {{masking_strategy_override: {{strategy: {strategy}}}}}}}")

    (note,) = [each for each in imported.notes if each.code == "masking"]
    assert (note.cure, "on_erase: ask" in imported.systems[0].text) == (near, True)


def test_a_template_of_a_service_is_said_to_be_no_database() -> None:
    imported = written("dataset: [{fides_key: <instance_fides_key>, collections: []}]\n", name="crm")

    assert noted(imported) == [
        (1, "<instance_fides_key>", "connection"),
        (1, "<instance_fides_key>", "not-a-database"),
    ]
    assert imported.systems[0].tables == 0


def test_names_that_yaml_would_misread_come_back_as_they_were(tmp_path: Path) -> None:
    names = (
        "no",
        "null",
        "1e3",
        "2026-01-01",
        "a: b",
        "# c",
        "it's",
        '"q"',
        "über",
        "x.y",
        "- z",
        "{a}",
        "*p",
        "&q",
    )
    imported = one(*(f"{{name: {_quoted(each)}, data_categories: [user.name]}}" for each in names))

    (system,) = understood(imported, tmp_path)
    assert [each.column for each in system.table("people").fields] == ["mail", *names]


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "given.yml:1:1: The file is empty. It needs `dataset`."),
        ("- a\n", "given.yml:1:1: The file must be a mapping (`key: value`). It needs `dataset`."),
        ("system: []\n", "given.yml:1:1: `dataset` is missing. A list of datasets."),
        ("dataset: {fides_key: a}\n", "given.yml:1:1: `dataset` must be a list, not a mapping."),
        ("dataset: []\n", "given.yml:1:1: `dataset` must not be empty."),
        (
            "dataset:\n  - fides_key: a\n",
            "given.yml:2:5: `collections` is missing in `dataset, item 1`. Its tables.",
        ),
        (
            "dataset:\n  - fides_key: a\n    collections:\n      - fields: []\n",
            "given.yml:4:9: `name` is missing in `collections, item 1`. The table.",
        ),
        (
            "dataset:\n  - {fides_key: a, collections: []}\n  - {fides_key: a, collections: []}\n",
            "given.yml:3:5: The dataset `a` stands here twice, first in line 2. Join the two, or rename one.",
        ),
        (
            "dataset:\n  - fides_key: a\n    fides_key: b\n",
            "given.yml:3:5: `fides_key` stands here twice, first in line 2. Join the two, or rename one.",
        ),
        (
            'dataset: [{fides_key: "a\\e[2J", collections: []}]\n',
            "given.yml:1:12: A character here cannot be shown. Take it out.",
        ),
    ],
)
def test_a_file_that_is_none_of_fides_is_refused_with_place_and_cure(text: str, error: str) -> None:
    with pytest.raises(Invalid) as refused:
        written(text)

    assert [str(each) for each in refused.value.errors] == [error]


def test_fields_and_collections_that_stand_twice_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        written(
            """\
dataset:
  - fides_key: a
    collections:
      - {name: b, fields: [{name: c}, {name: c}]}
      - {name: b, fields: [{name: d, fields: [{name: e}, {name: e}]}]}
"""
        )

    assert [(each.line, each.what) for each in refused.value.errors] == [
        (4, "The field `c` stands here twice, first in line 4."),
        (5, "The collection `b` stands here twice, first in line 4."),
        (5, "The field `e` stands here twice, first in line 5."),
    ]


def test_tables_of_two_datasets_that_cannot_be_told_apart_are_refused_as_one_system() -> None:
    text = "dataset:\n  - {fides_key: a, collections: [{name: t, fields: []}]}\n"
    with pytest.raises(Invalid) as refused:
        written(text + "  - {fides_key: b, collections: [{name: t, fields: []}]}\n", name="ab")

    assert str(refused.value) == (
        "given.yml:3:34: The table `t` stands here twice, first in line 2. "
        "Say in which schema "
        "each stands (`namespace: {schema: …}`), or import the datasets apart."
    )


def test_the_page_says_what_to_do_about_every_sort_of_note() -> None:
    page = HOW_TO.read_text()

    assert [each for each in Code if f"`{each}`" not in page] == []
