"""POST /api/v1/requests and GET /api/v1/requests/{number}."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from pydantic import ValidationError

from upheld.actions import standing, submission
from upheld.actions.means import Means
from upheld.actions.submission import Answer, Repeated, Result, Wanted
from upheld.law.right import Right
from upheld.rights.subject import Identity
from upheld.store.models import Token
from upheld.web.api import strict
from upheld.web.api.bearer import program
from upheld.web.api.form import RequestForm, SubmitForm
from upheld.web.problem import Problem, refused

KEY = 200


@program("POST", "submits")
def submit(request: HttpRequest, able: Means, token: Token) -> JsonResponse:
    """Take requests in: 201 where at least one was taken, with what became of each."""
    if request.content_type != "application/json":
        raise Problem("media-type", "Send JSON, with Content-Type: application/json.")
    key = str(request.META.get("HTTP_IDEMPOTENCY_KEY", ""))
    if not 1 <= len(key) <= KEY or not key.isprintable():
        raise Problem(
            "key", f"Give each call a key of its own, of at most {KEY} letters, in Idempotency-Key."
        )
    wanted = _read(request.body)
    if any(each.verified for each in wanted) and not token.trusted:
        raise Problem("not-allowed", "This token is not trusted to say that somebody is verified.")
    try:
        answer = submission.submit(means=able, token=token, wanted=wanted, key=key, body=request.body)
    except Repeated as repeated:
        raise Problem("key", f"{repeated.what} {repeated.remedy}") from None
    return _answered(answer)


def _read(body: bytes) -> list[Wanted]:
    try:
        form = SubmitForm.model_validate(strict.read(body))
    except strict.NotStrict as why:
        raise Problem("body", str(why)) from None
    except ValidationError as error:
        # Where and what is wrong; never what stood there.
        wrong = [
            {
                "pointer": "".join(f"/{part}" for part in each["loc"] if part != "__root__"),
                "detail": each["msg"],
            }
            for each in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise Problem(
            "body", "Nothing was taken. `errors` says where and what is wrong.", more={"errors": wrong[:20]}
        ) from None
    return [_wanted(each) for each in form.requests]


def _wanted(form: RequestForm) -> Wanted:
    return Wanted(
        right=Right(form.right.upper()),
        identities=tuple(Identity(each.kind, each.value.strip()) for each in form.identities),
        verified=form.verified,
        language=form.language or "",
        regime=form.regime or "",
        contact=form.contact or "",
    )


def _answered(answer: Answer) -> JsonResponse:
    results = [_result(each) for each in answer.results]
    if not any(each.number for each in answer.results):
        raise Problem(
            "nothing-taken",
            "`results` says why, in the order in which they were sent.",
            more={"results": results},
        )
    headers = {"Idempotency-Replayed": "true"} if answer.repeated else {}
    return JsonResponse({"results": results}, status=201, headers=headers)


def _result(result: Result) -> dict[str, object]:
    if result.number is None:
        return {"problem": refused(result.code, result.words)}
    return {"number": str(result.number), "follow": result.follow or None}


@program("GET", "reads")
def status(request: HttpRequest, able: Means, token: Token, number: UUID) -> JsonResponse:  # noqa: ARG001 - Django's
    """Where one request stands that was sent in under this program's name."""
    found = standing.of(means=able, token=token, number=number)
    if found is None:
        raise Problem("unknown", "Nothing of that number was sent in under this program's name.")
    return JsonResponse(found)
