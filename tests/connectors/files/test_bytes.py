"""What an erasure does not mean to change keeps every byte, however strangely it is written."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connectors.files.folder import REMOVED, by_email, contents, erase, open_folder
from upheld.connectors.files import csvtext, jsonl

CELL = st.text(st.sampled_from("aé,;\t\"\n\r |'%7 "), max_size=8)
ROWS = st.lists(st.tuples(st.booleans(), CELL, CELL), max_size=8)


@settings(max_examples=150, deadline=None)
@given(
    ROWS,
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_other_rows_of_a_csv_file_keep_every_byte(tmp_path_factory, rows, delimiter, end, bom, every, last):
    root = tmp_path_factory.mktemp("csv")
    quoting = csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL

    def written(row):
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerow(row)
        return out.getvalue().encode()

    header = (b"\xef\xbb\xbf" if bom else b"") + written(["email", "author", "note"])
    lines = [(hers, written(["ada@example.org" if hers else "o@example.org", *rest])) for hers, *rest in rows]
    content = header + b"".join(line for _, line in lines)
    if not last and lines:
        content = content.removesuffix(end.encode())
        lines[-1] = (lines[-1][0], lines[-1][1].removesuffix(end.encode()))
    (root / "posts.csv").write_bytes(content)

    erase(open_folder(root, by_email("posts", "posts.csv"), options={"delimiter": delimiter}))

    assert contents(root) == {"posts.csv": header + b"".join(line for hers, line in lines if not hers)}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=6), st.sampled_from(",;"), st.booleans())
def test_csv_is_read_as_the_csv_module_reads_it(rows, delimiter, every):
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(rows)
    lines = io.BytesIO(out.getvalue().encode())

    found = [
        [
            csvtext.value(cell, "utf-8") or ""
            for cell in csvtext.cells(csvtext.bare(record), delimiter.encode())
        ]
        for record in csvtext.records(lines, delimiter.encode())
    ]

    assert found == list(csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=delimiter))


def test_a_changed_row_keeps_its_other_cells_and_how_each_was_quoted(tmp_path):
    (tmp_path / "posts.csv").write_bytes(
        b'id;"email";author;note\r\n'
        b'1;"ada@example.org";Ada; spaced ;extra\r\n'
        b'2;ben@example.org;Ben;5" pipe\r\n'
        b"\r\n"
        b'"3";ADA@example.org;"Ada ""B""";"two\r\nlines"'
    )

    erase(open_folder(tmp_path, by_email("posts", "posts.csv", REMOVED)))

    assert contents(tmp_path)["posts.csv"] == (
        b'id;"email";author;note\r\n'
        b'1;"";[removed]; spaced ;extra\r\n'
        b'2;ben@example.org;Ben;5" pipe\r\n'
        b"\r\n"
        b'"3";;"[removed]";"two\r\nlines"'
    )


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.dictionaries(
                st.text(max_size=4),
                st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
            ),
            st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " : ")]),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_other_lines_and_other_values_of_a_jsonl_file_keep_every_byte(tmp_path_factory, rows):
    root = tmp_path_factory.mktemp("jsonl")

    def line(hers, extra, separators, plain, *, email, author):
        row = {"z": 1, **extra, "email": email, "author": author, "a": [1.50, {"k": "v"}]}
        return json.dumps(row, separators=separators, ensure_ascii=plain) + "\n"

    before, after = "", ""
    for hers, given_extra, separators, plain in rows:
        extra = {key: value for key, value in given_extra.items() if key not in ("email", "author")}
        who = "Ada@example.org" if hers else "ben@example.org"
        before += line(hers, extra, separators, plain, email=who, author="x")
        kept = {"email": None, "author": "[removed]"} if hers else {"email": who, "author": "x"}
        after += line(hers, extra, separators, plain, **kept)
    (root / "posts.jsonl").write_bytes(before.encode("utf-8", "surrogatepass"))

    if any("\ud800" <= char <= "\udfff" for char in before):
        return
    erase(open_folder(root, by_email("posts", "posts.jsonl", REMOVED)))

    assert contents(root)["posts.jsonl"] == after.encode()


def test_numbers_that_python_would_write_otherwise_stay_as_they_are():
    line = (
        b'{"n": 1.10, "email": "ada@example.org", "big": 1E400, "s": "\\u00e9\\/", "o": { "b":2,"a" :1 }}\r\n'
    )
    row = jsonl.row(line)

    assert jsonl.changed(line, row, {**row, "email": None}) == line.replace(b'"ada@example.org"', b"null")


@pytest.mark.parametrize(
    "line",
    [
        b"[1]\n",
        b"7\n",
        b"{\n",
        b'{"a": 1, "a": 2}\n',
        b"\xff{}\n",
        b'{"a": {"b": 1, "b": 2}}\n',
        b"[" * 100_000,
    ],
)
def test_a_line_that_could_hide_something_is_not_read(line):
    with pytest.raises(jsonl.Unreadable):
        jsonl.row(line)


def test_a_quote_that_is_never_closed_is_not_read():
    with pytest.raises(csvtext.Unreadable, match="record 2"):
        list(csvtext.records(io.BytesIO(b'a,b\n"1,2\n3,4\n'), b","))
