"""Fills a new tracker through Roundup's own API: two hundred people, their issues, messages, files, queries.

python populate.py HOME, by the Python in which Roundup is installed.
"""

import random
import sys
import time

from roundup import date, instance, password

_FIRST = (
    *("Agnes", "Balder", "Carin", "Didrik", "Elna", "Folke", "Gudrun", "Halvar", "Ingrid", "Joar"),
    *("Kerstin", "Ludvig", "Margit", "Njord", "Olea", "Pelle", "Ragna", "Sture", "Torun", "Vidar"),
)
_LAST = (
    *("Askildsen", "Bergum", "Dalene", "Engen", "Fossli"),
    *("Granmo", "Haugdal", "Isaksen", "Kvernmo", "Lysne"),
)
_THINGS = ("ferry", "lantern", "tide table", "crane", "rope store", "window", "kettle", "slipway")
_FAULTS = ("does not answer", "is late", "shows last year's date", "leaks", "cannot be booked", "is locked")
_START = 1_772_323_200
_LOOKALIKES = (
    ("hsandgreen", "Hedda Sandgreen", "hedda.sandgren@example.org.invalid"),
    ("asandgren", "Ahedda Sandgren", "ahedda.sandgren@example.org"),
    ("hsandgren-moe", "Hedda Sandgren-Moe", "x.hedda.sandgren@example.org"),
)


def people():
    """Log-in, name, address; the busiest first, then those who are taken for her."""
    yield "hsandgren", "Hedda Sandgren", "hedda.sandgren@example.org"
    yield from _LOOKALIKES
    for last in _LAST:
        for first in _FIRST:
            yield f"{first}.{last}".lower(), f"{first} {last}", f"{first}.{last}@example.org".lower()


def enter(db, number, login, name, address):
    """One account, as somebody who registers makes it."""
    more = f"{login}@old.example.net" if number % 3 == 0 else ""
    return db.user.create(
        username=login,
        realname=name,
        address=address,
        alternate_addresses=more,
        phone=f"+47 22 56 {number // 100:02d} {number % 100:02d}",
        organisation=f"Quay {number % 9}",
        password=password.Password("slow-harbour-lamp-61", config=db.config),
        roles="User",
    )


def speak(db, login, text, answer, to):
    user, name, address = to[0]
    db.setCurrentUser(login)
    return db.msg.create(
        author=user,
        recipients=[each for each, _, _ in to[1:]],
        date=date.Date(time.gmtime(_START + 3_600 * db.msg.count())),
        summary=text.partition(".")[0],
        content=f"{text}\n\n{name}\n{address}\n",
        messageid=f"<{db.msg.count()}.said@tracker.example.org>",
        inreplyto=answer,
        type="text/plain",
    )


def issue(db, chance, everybody):
    """Somebody reports something, others answer, and the desk takes it."""
    asker, *others = chance.sample(everybody, 4)
    login, name, address, user = asker
    thing, fault = chance.choice(_THINGS), chance.choice(_FAULTS)
    db.setCurrentUser(login)
    first = speak(db, login, f"The {thing} {fault}. Please call me, {name}.", "", [(user, name, address)])
    scan = db.file.create(
        name=f"{login}-{thing}.txt", type="text/plain", content=f"Taken by {name}, {address}"
    )
    made = db.issue.create(
        title=f"The {thing} {fault}" + (f" for {name}" if chance.random() < 0.3 else ""),
        messages=[first],
        nosy=[user],
        files=[scan],
        status="1",
        priority=str(chance.randint(1, 5)),
    )
    earlier = first
    for other, of, mail, key in others[: chance.randint(1, 3)]:
        db.setCurrentUser(other)
        said = speak(
            db,
            other,
            f"Dear {name}, I saw it too. It was {thing} 2.",
            db.msg.get(earlier, "messageid"),
            [(key, of, mail), (user, name, address)],
        )
        db.issue.set(
            made,
            messages=[*db.issue.get(made, "messages"), said],
            nosy=[*db.issue.get(made, "nosy"), key],
        )
        earlier = said
    db.setCurrentUser("admin")
    db.issue.set(made, assignedto=others[-1][3], status="3")
    db.commit()


def habits(db, number, login, name, address, user):
    """What some people have besides: searches of their own, another number, an address that was tried."""
    db.setCurrentUser(login)
    if number % 4 == 0:
        mine = db.query.create(
            klass="issue", name=f"Open for {name}", url=f"@filter=creator&creator={user}", private_for=user
        )
        db.user.set(user, queries=[mine])
    if number % 5 == 0:
        db.user.set(user, phone=f"+47 22 57 {number // 100:02d} {number % 100:02d}")
        db.user.set(user, address=address.replace("@", "+new@"))
        db.user.set(user, address=address)
    db.commit()


def main():
    tracker = instance.open(sys.argv[1])
    chance = random.Random(20261125)
    db = tracker.open("admin")
    everybody = []
    for number, (login, name, address) in enumerate(people()):
        everybody.append((login, name, address, enter(db, number, login, name, address)))
    db.commit()
    for _ in range(60):
        issue(db, chance, everybody[:4] + chance.sample(everybody[4:], 20))
    for _ in range(140):
        issue(db, chance, everybody)
    for number, each in enumerate(everybody):
        habits(db, number, *each)
    db.setCurrentUser("admin")
    db.user.retire(everybody[150][3])
    db.commit()
    db.close()


main()
