"""Fills an empty shop through its own pages. Run inside the shop's environment."""

import application  # noqa: F401

# isort: split
import sys

import clock
import heroine
import life
import office
import people
import world


def main():
    place = world.make()
    heroine.early(place)
    cast = [*people.FAMILY, *people.LOOKALIKES, *people.everyone_else()]
    visitors = list(people.guests())
    for index, person in enumerate(cast):
        clock.advance(days=16)
        life.live(index, person, place)
        if visitors and index % 3 == 0:
            life.visit(len(visitors), visitors.pop(), place)
    heroine.live(place)
    office.work(place)
    heroine.with_others(place)
    sys.stdout.write(f"{len(cast) + 1} people with an account\n")


if __name__ == "__main__":
    main()
