"""What goes into the policy: a link, an address for mails with a ready subject, a form without any script."""

from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET

from upheld.actions import house, milestones
from upheld.actions.staff import may
from upheld.datamap.model import Organisation
from upheld.web.console.access import able, account
from upheld.web.console.access import staff as only
from upheld.web.languages import languages, own_name


@dataclass(frozen=True, slots=True)
class Snippet:
    """The pieces in one language, as HTML to be pasted."""

    language: str
    title: str
    address: str
    link: str
    mail: str
    form: str


@only("today")
@require_GET
def snippet(request: HttpRequest) -> HttpResponse:
    means = able(request)
    organisation = means.datamap.organisation
    (link,) = milestones.standing(means=means, names=("link",))
    shown = {
        "address": f"{_server()}/",
        "snippets": [snippet_in(each, organisation) for each in languages()],
        "link": link,
        "local": _server().startswith(("http://127.0.0.1", "http://localhost")),
        "may_set": may(account(request).role, "foundation"),
    }
    return render(request, "console/snippet.html", shown)


def _server() -> str:
    return house.address()


def snippet_in(language: str, organisation: Organisation) -> Snippet:
    """The pieces in that language. Whatever the organisation is called, it is text in them and no markup."""
    address = f"{_server()}{reverse('ask', kwargs={'language': language})}"
    with override(language):
        said = _("Ask {organisation} for your data, or have it deleted").format(
            organisation=organisation.name
        )
        mail = _by_mail(organisation)
        form = _form(address, language)
    return Snippet(
        language,
        own_name(language),
        address,
        f'<a href="{escape(address)}" hreflang="{language}">{escape(said)}</a>',
        mail,
        form,
    )


def _by_mail(organisation: Organisation) -> str:
    if "@" not in organisation.contact:
        return ""
    subject = quote(_("Request about my personal data"))
    href = escape(f"mailto:{organisation.contact}?subject={subject}")
    return f'<a href="{href}">{escape(_("or write us an e-mail"))}</a>'


def _form(address: str, language: str) -> str:
    return f"""\
<form action="{escape(address)}" method="post" lang="{language}">
  <p><label><input type="checkbox" name="copy"> {escape(_("Get a copy"))}</label></p>
  <p><label><input type="checkbox" name="delete"> {escape(_("Delete"))}</label></p>
  <p><label>{escape(_("Your e-mail address"))} <input type="email" name="email" required></label></p>
  <p><button>{escape(_("Continue"))}</button></p>
</form>"""
