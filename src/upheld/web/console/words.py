"""How numbers are said in a sentence."""

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def many(number: int) -> str:
    """In words below ten, at the beginning of a sentence."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def cases(number: int, does: str, do: str) -> str:
    """So many cases, and what they do: `does` of one, `do` of several."""
    return f"{many(number)} {f'case {does}' if number == 1 else f'cases {do}'}"


def heading(late: int, needing: int, *, whole: bool) -> str:
    """What a list of cases says in a sentence or two; of a part of it only what stands there."""
    overdue = f"{cases(late, 'is', 'are')} late" if late else "Nothing is late"
    needed = f"{cases(needing, 'needs', 'need')} you" if needing else "Nothing needs you"
    if whole:
        return f"{overdue}. {needed}."
    return f"On this page {overdue[0].lower()}{overdue[1:]}, and {needed[0].lower()}{needed[1:]}."
