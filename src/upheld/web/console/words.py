"""How a number is said in a sentence."""

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def many(number: int) -> str:
    """In words below ten, at the beginning of a sentence."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def cases(number: int, does: str, do: str) -> str:
    """So many cases, and what they do: `does` of one, `do` of several."""
    return f"{many(number)} {f'case {does}' if number == 1 else f'cases {do}'}"
