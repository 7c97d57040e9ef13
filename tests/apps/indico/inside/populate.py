"""Fills an empty Indico by Indico's own code. Run inside Indico's virtual environment."""

from application import app

# isort: split
import sys

import conference
import heroine
import own
import people
import rooms
import world
from acting import acting


def main():
    with acting(app, None):
        administrator = people.register(people.ADMINISTRATOR, is_admin=True).id
        cast = [
            people.register(person).id
            for person in (people.HEROINE, *people.LOOKALIKES, *people.everyone_else())
        ]
    place = world.make(app, administrator, cast)
    place.rooms = rooms.make(app, administrator, cast)
    place.conference = conference.make(app, administrator, cast, place)
    for index, user_id in enumerate(cast):
        own.live(app, index, user_id, cast, place)
    conference.review(app, cast, place)
    heroine.live(app, administrator, cast, place)
    sys.stdout.write(f"{len(cast)} people\n")


if __name__ == "__main__":
    main()
