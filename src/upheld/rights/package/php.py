"""Values that PHP applications serialised, read as plain data: nothing is called, nothing is made but
scalars, lists and dicts. The maintained library for it ended; this reads the whole grammar in one page."""

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

deepest = 60


class NotSerialised(ValueError):
    """The text is not, or not only, one serialised value."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def until(self, mark: bytes) -> bytes:
        end = self.data.find(mark, self.at)
        if end < 0:
            raise NotSerialised("It ends too early.")
        piece = self.data[self.at : end]
        self.at = end + len(mark)
        return piece

    def expect(self, mark: bytes) -> None:
        if not self.data.startswith(mark, self.at):
            raise NotSerialised(f"Expected {mark!r} at byte {self.at}.")
        self.at += len(mark)

    def number(self, mark: bytes) -> int:
        digits = self.until(mark)
        if not digits.removeprefix(b"-").isdigit() or len(digits) > 20:
            raise NotSerialised("Not a number.")
        return int(digits)

    def string(self) -> str:
        length = self.number(b":")
        self.expect(b'"')
        if not 0 <= length <= len(self.data) - self.at:
            raise NotSerialised("A length beyond the end.")
        piece = self.data[self.at : self.at + length]
        self.at += length
        self.expect(b'"')
        return piece.decode("utf-8", "replace")

    def entries(self, depth: int) -> dict[str, Plain]:
        count = self.number(b":")
        self.expect(b"{")
        found: dict[str, Plain] = {}
        for _ in range(count):
            key = self.value(depth + 1)
            if isinstance(key, bool) or not isinstance(key, int | str):
                raise NotSerialised("A key is a number or a text.")
            # Private properties are written "\0Class\0name"; the name is what a reader wants.
            found[str(key).rpartition("\0")[2]] = self.value(depth + 1)
        self.expect(b"}")
        return found

    def value(self, depth: int = 0) -> Plain:
        if depth > deepest:
            raise NotSerialised("Too deep.")
        kind = self.data[self.at : self.at + 2]
        self.at += 2
        match kind:
            case b"N;":
                return None
            case b"b:":
                return bool(self.number(b";"))
            case b"i:" | b"r:" | b"R:":
                return self.number(b";")
            case b"d:":
                return _float(self.until(b";"))
            case b"s:" | b"E:":
                text = self.string()
                self.expect(b";")
                return text
            case b"a:":
                return _list(self.entries(depth))
            case b"O:":
                name = self.string()
                self.expect(b":")
                return {"class": name, **self.entries(depth)}
        raise NotSerialised(f"Nothing begins with {kind!r}.")


def _float(digits: bytes) -> float:
    try:
        return float(digits)
    except ValueError:
        raise NotSerialised("Not a number.") from None


def _list(entries: dict[str, Plain]) -> Plain:
    if list(entries) == [str(number) for number in range(len(entries))]:
        return list(entries.values())
    return entries


def read(text: str) -> Plain:
    """The value. A reference (`R:3`) is its number. Raises NotSerialised for any other text."""
    reader = _Reader(text.encode("utf-8", "surrogatepass"))
    value = reader.value()
    if reader.at != len(reader.data):
        raise NotSerialised("Something follows the value.")
    return value
