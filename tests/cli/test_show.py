"""What somebody who watches sees."""

from io import StringIO

from rich.console import Console
from rich.progress import Progress

from upheld.cli.show import Watch


def test_people_of_lists_move_a_bar_of_their_own_beside_that_of_the_systems() -> None:
    with Progress(console=Console(file=StringIO())) as bar:
        watch = Watch(lambda _system, _what: None, bar, "systems", 3, people=5)
        watch.people(2)
        watch("shop", "verified")
        seen = [(each.fields["unit"], each.completed, each.total) for each in bar.tasks]
        alone = Watch(lambda _system, _what: None, bar, "systems", 1)
        alone.people(2)

    assert seen == [("people", 2, 5), ("systems", 1, 3)]
    assert [each.fields["unit"] for each in bar.tasks[2:]] == ["systems"]
