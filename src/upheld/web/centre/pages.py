"""What all public pages have: a language in the address, and no cookie."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import register_converter, reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from upheld.web.languages import languages, own_name

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class Language:
    """A language of ours in an address: two or three letters."""

    regex = "[a-z]{2,3}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Language, "language")


def public(view: View[P]) -> Callable[..., HttpResponseBase]:
    """A public page. It carries no cookie, and there is nothing that a stranger's page could do in her name:
    what proves anything is in the address, so there is no token against forgery either."""

    @wraps(view)
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    def shown(request: HttpRequest, language: str, *values: P.args, **named: P.kwargs) -> HttpResponseBase:
        spoken = languages()
        if language not in spoken:
            raise Http404
        with override(language):
            request.LANGUAGE_CODE = language
            others = []
            further = request.META.get("QUERY_STRING", "")
            if request.resolver_match is not None and request.method != "POST":
                match = request.resolver_match
                others = [
                    (
                        each,
                        own_name(each),
                        reverse(match.view_name, args=match.args, kwargs={**match.kwargs, "language": each})
                        + (f"?{further}" if further else ""),
                    )
                    for each in spoken
                ]
            request.languages = others  # type: ignore[attr-defined]
            return view(request, *values, **named)

    return shown


def start(request: HttpRequest) -> HttpResponse:
    """On to the language that the browser asks for."""
    spoken = languages()
    wished = get_language_from_request(request)
    chosen = wished if wished in spoken else spoken[0]
    response = HttpResponseRedirect(reverse("ask", kwargs={"language": chosen}))
    patch_vary_headers(response, ["Accept-Language"])
    return response
