"""Rows of the forum, which stands on PostgreSQL."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

from upheld.demo.people import HER_NUMBER, Crowd, Person, her
from upheld.demo.rows import Days, Row, Rows, Tables
from upheld.demo.words import BADGES, SENTENCES, TOPICS

FAREWELL = "Fair winds from Deichgasse 7, Liv"
"""What she writes below her posts: a trace of her that stands in no column of its own."""


class Forum:
    """Draws the forum table by table; later tables refer to earlier ones."""

    def __init__(self, people: list[Person], chance: Random, today: date) -> None:
        self.people, self.chance = people, chance
        self.days = Days(chance, today)
        self.crowd = Crowd(people, chance)
        self.her = her(people)
        self.topics = max(60, len(people) // 4)
        self.posts = self._posts()
        self.likes = self._likes()

    def tables(self) -> Tables:
        """All tables, parents before children."""
        return {
            "users": self._users(),
            "profiles": self._profiles(),
            "topics": self._topics(),
            "posts": self._counted_posts(),
            "post_revisions": self._revisions(),
            "likes": Rows(("user_id", "post_id", "given_at"), self.likes),
            "messages": self._messages(),
            "badges": Rows(("id", "title", "description"), [(n, *each) for n, each in enumerate(BADGES, 1)]),
            "user_badges": self._badges(),
            "groups": Rows(
                ("id", "title", "description"),
                [(n, f"Chapter {n}", "Meets once a month.") for n in range(1, 41)],
            ),
            "memberships": self._memberships(),
            "notifications": self._notifications(),
            "drafts": self._drafts(),
            "attachments": self._attachments(),
            "audit_log": self._audit(),
            "schema_versions": Rows(
                ("version", "applied_at"), [(f"2.{n}", self.days.moment()) for n in range(14)]
            ),
        }

    def drawn(self, times: int, hers: int) -> list[Person]:
        """People for so many rows, `hers` of which are hers, in a random order."""
        chosen = self.crowd.draw(self.chance, times) + [self.her] * hers
        self.chance.shuffle(chosen)
        return chosen

    def text(self, sentences: int) -> str:
        """Some sentences."""
        return " ".join(self.chance.choices(SENTENCES, k=sentences))

    def _users(self) -> Rows:
        count = Counter(post[2] for post in self.posts)
        rows: list[Row] = []
        for person in self.people:
            invited = (
                self.chance.randint(1, person.number - 1)
                if person.number > 1 and person.number % 7 == 0
                else None
            )
            rows.append(
                (
                    person.number,
                    person.username,
                    person.email,
                    None if person.number % 31 == 0 else self.days.moment(),
                    f"scrypt${self.chance.getrandbits(128):032x}",
                    "staff" if person.number < 6 else "moderator" if person.number % 400 == 0 else "member",
                    count[person.number],
                    HER_NUMBER if person.number in (77, 777, 1777) else invited,
                    self.days.moment(),
                    self.days.moment(300) if person.number % 53 == 0 else None,
                )
            )
        columns = (
            "id username email email_confirmed_at password_hash role post_count invited_by_id "
            "registered_at deleted_at"
        )
        return Rows(tuple(columns.split()), rows)

    def _profiles(self) -> Rows:
        rows: list[Row] = []
        for person in self.people:
            preferences = {
                "theme": self.chance.choice(("light", "dark")),
                "contact": {"email": person.email, "public": person.number % 9 == 0},
                "lists": ["announce"],
            }
            about = FAREWELL if person is self.her else self.text(1) if person.number % 3 == 0 else None
            site = (
                f"https://{person.username.lower()}.example"
                if person.number % 11 == 0 or person is self.her
                else None
            )
            avatar = f"avatars/{person.number}.svg" if person is self.her else None
            rows.append(
                (person.number, person.name, about, person.city, site, avatar, json.dumps(preferences))
            )
        return Rows(tuple("user_id display_name about place website avatar preferences".split()), rows)

    def _topics(self) -> Rows:
        replies = Counter(post[1] for post in self.posts)
        authors = self.drawn(self.topics - 6, 6)
        rows: list[Row] = [
            (
                n,
                author.number,
                f"{self.chance.choice(TOPICS)}: {self.text(1)}",
                replies[n] - 1,
                self.days.moment(),
            )
            for n, author in enumerate(authors, 1)
        ]
        return Rows(("id", "author_id", "title", "reply_count", "opened_at"), rows)

    def _posts(self) -> list[Row]:
        authors = self.drawn(len(self.people) * 4, 140)
        latest: dict[int, int] = {}
        rows: list[Row] = []
        for number, author in enumerate(authors, 1):
            topic = number if number <= self.topics else self.chance.randint(1, self.topics)
            body = self.text(self.chance.randint(1, 4))
            if author is self.her:
                body = f"{body}\n\n{FAREWELL}"
            elif number % (len(authors) // 4) == 0:
                body = f"@{self.her.username} said it before: {body}"
            rows.append(
                (number, topic, author.number, latest.get(topic), author.name, body, 0, self.days.moment())
            )
            if self.chance.random() < 0.6:
                latest[topic] = number
        return rows

    def _counted_posts(self) -> Rows:
        likes = Counter(like[1] for like in self.likes)
        rows = [(*post[:6], likes[post[0]], post[7]) for post in self.posts]
        return Rows(
            tuple("id topic_id author_id reply_to_id author_name body like_count written_at".split()), rows
        )

    def _revisions(self) -> Rows:
        rows: list[Row] = []
        for post in self.posts:
            if self.chance.random() < 0.1 or (post[2] == HER_NUMBER and self.chance.random() < 0.3):
                body = f"{post[5]} (Tpyo.)"
                rows.append((len(rows) + 1, post[0], post[4], body, self.days.moment()))
        return Rows(("id", "post_id", "author_name", "body", "replaced_at"), rows)

    def _likes(self) -> list[Row]:
        pairs = {
            (person.number, self.chance.randint(1, len(self.posts))): None
            for person in self.drawn(len(self.people) * 5, 160)
        }
        return [(user, post, self.days.moment()) for user, post in pairs]

    def _messages(self) -> Rows:
        senders, recipients = self.drawn(len(self.people), 35), self.drawn(len(self.people), 35)
        rows: list[Row] = []
        for number, (sender, recipient) in enumerate(zip(senders, recipients, strict=True), 1):
            body = f"{self.text(2)}\n\n{FAREWELL}" if sender is self.her else self.text(2)
            subject = self.chance.choice(TOPICS)
            rows.append((number, sender.number, recipient.number, subject, body, self.days.moment()))
        return Rows(("id", "sender_id", "recipient_id", "subject", "body", "sent_at"), rows)

    def _badges(self) -> Rows:
        pairs = {
            (each.number, self.chance.randint(1, len(BADGES))): None
            for each in self.drawn(len(self.people), 9)
        }
        rows: list[Row] = [
            (user, badge, self.chance.choice((1, 2, 3, HER_NUMBER)) if badge == 4 else 1, self.days.moment())
            for user, badge in pairs
        ]
        return Rows(("user_id", "badge_id", "awarded_by_id", "awarded_at"), rows)

    def _memberships(self) -> Rows:
        pairs = {(self.chance.randint(1, 40), each.number): None for each in self.drawn(len(self.people), 6)}
        return Rows(("group_id", "user_id", "joined_at"), [(*pair, self.days.moment()) for pair in pairs])

    def _notifications(self) -> Rows:
        about = len(self.people) * 3
        rows: list[Row] = []
        for number, (person, actor) in enumerate(
            zip(self.drawn(about, 90), self.drawn(about, 90), strict=True), 1
        ):
            kind, post = (
                self.chance.choice(("reply", "like", "mention")),
                self.chance.randint(1, len(self.posts)),
            )
            rows.append(
                (number, person.number, actor.number, post, kind, number % 3 > 0, self.days.moment(400))
            )
        return Rows(tuple("id user_id actor_id post_id kind read sent_at".split()), rows)

    def _drafts(self) -> Rows:
        rows: list[Row] = [
            (number, each.number, self.chance.randint(1, self.topics), self.text(2), self.days.moment(200))
            for number, each in enumerate(self.drawn(len(self.people) // 6, 4), 1)
        ]
        return Rows(("id", "user_id", "topic_id", "body", "saved_at"), rows)

    def _attachments(self) -> Rows:
        rows: list[Row] = []
        for number, each in enumerate(self.drawn(len(self.people) // 16, 8), 1):
            post = self.chance.randint(1, len(self.posts))
            file = f"uploads/{number:05}-drawing.svg"
            rows.append((number, each.number, post, file, f"Drawing by {each.name}", self.days.moment()))
        return Rows(("id", "uploaded_by_id", "post_id", "file", "title", "uploaded_at"), rows)

    def _audit(self) -> Rows:
        rows: list[Row] = []
        for number, each in enumerate(self.drawn(len(self.people) * 4, 110), 1):
            action = self.chance.choice(
                ("log-in", "log-out", "password changed", "post edited", "post reported")
            )
            address = f"203.0.113.{each.number % 250 + 1}"
            rows.append((number, each.number, action, address, self.days.moment(700)))
        return Rows(("id", "user_id", "action", "ip", "logged_at"), rows)


DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">
<title>{}</title><path d="M1 8 4 1l4 7z"/></svg>
"""


def write_files(tables: Tables, folder: Path) -> None:
    """The files that profiles and attachments name."""
    for table, column, title in (("profiles", "avatar", "display_name"), ("attachments", "file", "title")):
        rows = tables[table]
        for row in rows.rows:
            values = dict(zip(rows.columns, row, strict=True))
            if values[column]:
                path = folder / str(values[column])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(DRAWING.format(values[title]), encoding="utf-8")
