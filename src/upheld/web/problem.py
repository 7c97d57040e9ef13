"""One shape for everything that goes wrong: a problem (RFC 9457), whose `type` ends with a code of `CODES`.

`title` says what kind it is, `detail` what happened and what to do. Neither says what was sent.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.http import JsonResponse

MEDIA = "application/problem+json"
TYPE = "urn:upheld:problem:"
CODES = {
    "token": (401, "No token, or one that is not good now"),
    "not-allowed": (403, "The token may not do that"),
    "unknown": (404, "There is nothing here"),
    "method": (405, "Not with this method"),
    "conflict": (409, "That cannot be done as things are"),
    "too-large": (413, "The body is too large"),
    "media-type": (415, "The body is not JSON"),
    "body": (422, "The body does not say what it should"),
    "key": (422, "The Idempotency-Key is missing, or was used for another body"),
    "nothing-taken": (422, "None of the requests was taken"),
    "rate": (429, "Too many calls"),
    "broken": (500, "Something went wrong here"),
    "away": (503, "The records cannot be reached"),
    "folder": (503, "The privacy folder cannot be read"),
}
REFUSED = {
    "identities": "Too many identities, or none",
    "kind": "No system knows identities of that kind",
    "unverified": "Whoever is not verified is named by one e-mail address",
    "language": "Not answered in that language",
    "law": "The law does not give that right here",
    "two-cases": "These identities belong to several open cases",
}
"""Why one request of a call was not taken."""


class Problem(Exception):
    """It becomes the answer."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        more: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        super().__init__(code)
        self.code, self.detail, self.headers, self.more = code, detail, dict(headers), dict(more)

    def response(self) -> JsonResponse:
        """The answer."""
        status, title = CODES[self.code]
        body = {"type": TYPE + self.code, "title": title, "status": status, "detail": self.detail}
        return JsonResponse(body | self.more, status=status, content_type=MEDIA, headers=self.headers)


def refused(code: str, detail: str) -> dict[str, object]:
    """The same shape for one of many."""
    return {"type": TYPE + code, "title": REFUSED[code], "detail": detail}
