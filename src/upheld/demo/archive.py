"""The archive of the mailing lists, which is a folder: one file of messages a month, and who subscribed."""

import csv
import json
from datetime import date
from pathlib import Path
from random import Random

from upheld.demo.people import HER_NUMBER, Crowd, Person, her
from upheld.demo.rows import Days, Row, Rows, Tables
from upheld.demo.words import LISTS, SENTENCES, TOPICS

MESSAGES = ("id", "list", "from_email", "from_name", "subject", "body", "sent_at")


def draw(people: list[Person], chance: Random, today: date) -> Tables:
    """Subscribers, and the messages of all months."""
    liv, days = her(people), Days(chance, today)
    near = range(HER_NUMBER * 10, HER_NUMBER * 10 + 6)
    readers = [each for each in people if each.number % 2 == 1 or each.number in near or each is liv]
    subscribed: list[Row] = []
    for each in readers:
        address = each.second_email if each is liv else each.email
        subscribed.append((address, each.name, chance.choice(LISTS), str(days.day())))
    written: list[Row] = []
    authors = Crowd(readers, chance).draw(chance, len(people)) + [liv] * 24
    chance.shuffle(authors)
    for number, each in enumerate(authors, 1):
        address = each.second_email if each is liv else each.email
        body, subject = " ".join(chance.choices(SENTENCES, k=3)), chance.choice(TOPICS)
        if each is liv:
            body = f"{body}\n-- \n{each.name}, {each.street}"
        sent = days.moment(1800).isoformat()
        written.append(
            (f"<{number}@lists.example.org>", chance.choice(LISTS), address, each.name, subject, body, sent)
        )
    written.sort(key=lambda row: str(row[-1]))
    return {
        "subscribers": Rows(("email", "name", "list", "since"), subscribed),
        "messages": Rows(MESSAGES, written),
    }


def write(tables: Tables, folder: Path) -> None:
    """Put the archive into a folder."""
    (folder / "messages").mkdir(parents=True)
    with (folder / "subscribers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(tables["subscribers"].columns)
        writer.writerows(tables["subscribers"].rows)
    months: dict[str, list[str]] = {}
    for row in tables["messages"].rows:
        line = json.dumps(dict(zip(MESSAGES, row, strict=True)), ensure_ascii=False)
        months.setdefault(str(row[-1])[:7], []).append(line + "\n")
    for month, lines in months.items():
        (folder / "messages" / f"{month}.jsonl").write_text("".join(lines), encoding="utf-8")
