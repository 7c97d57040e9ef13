"""A person at her browser: Oscar's own pages, asked for one after the other."""

import re

import clock
from django.test import Client
from people import PASSWORD

_WRONG = re.compile(
    r'class="(?:[^"]*\b)?(?:error-block|alert-danger|invalid-feedback)[^>]*>(.*?)</', re.DOTALL
)


class Refused(Exception):
    """The shop did not take a form; the message says which page and what it said."""


class Browser:
    """What somebody does in the shop. A minute passes with each form that is sent."""

    def __init__(self, person):
        self.person = person
        self.client = Client()

    def see(self, page, **query):
        answer = self.client.get(page, query, follow=True)
        if answer.status_code != 200:
            raise Refused(f"{page}: {answer.status_code}")
        return answer

    def send(self, page, **form):
        """Send a form; the shop answers with a redirect when it took it."""
        clock.advance(minutes=1)
        answer = self.client.post(page, form)
        if answer.status_code != 302:
            said = [
                re.sub(r"<[^>]+>|\s+", " ", text).strip() for text in _WRONG.findall(answer.content.decode())
            ]
            raise Refused(f"{page}: {answer.status_code} {said}")
        return answer

    # --- with an account

    def register(self):
        person = self.person
        self.send(
            "/accounts/register/",
            email=person.email,
            password1=PASSWORD,
            password2=PASSWORD,
            redirect_url="",
        )
        self.send(
            "/accounts/profile/edit/",
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
        )

    def sign_in(self):
        self.send(
            "/accounts/login/",
            **{
                "login_submit": "1",
                "login-username": self.person.email,
                "login-password": PASSWORD,
                "login-redirect_url": "",
            },
        )

    def leave(self):
        self.client.get("/accounts/logout/")

    def keep_address(self, **other):
        self.send("/accounts/addresses/add/", **(self.address() | other))

    def wish(self, name, *products, shared_with=()):
        """Make a list; `shared_with`: addresses of those who may see it."""
        forms = {
            "name": name,
            "visibility": "Shared" if shared_with else "Private",
            "lines-TOTAL_FORMS": "0",
            "lines-INITIAL_FORMS": "0",
        }
        self.send("/accounts/wishlists/create/", **(forms | _shares(shared_with)))
        for product in products:
            self.client.post(f"/accounts/wishlists/add/{product.pk}/")

    def watch(self, product):
        self.send(f"/accounts/alerts/create/{product.pk}/", email="")

    def vote(self, product, review, delta):
        self.send(f"{_page(product)}reviews/{review.pk}/vote/", delta=delta)

    # --- with an account or without

    def put_in_basket(self, product, quantity=1, **options):
        self.send(f"/basket/add/{product.pk}/", quantity=quantity, **options)

    def use_voucher(self, code):
        self.send("/basket/vouchers/add/", code=code)

    def review(self, product, score, title, body, *, signed_in=True):
        """Without an account, under a name and an address."""
        named = {} if signed_in else {"name": self.person.name, "email": self.person.email}
        self.send(f"{_page(product)}reviews/add/", title=title, score=score, body=body, **named)

    def order(self, *, to=None, notes="", guest=False):
        """Go to the till with what is in the basket; `to`: the person it is sent to."""
        if guest:
            self.send("/checkout/", username=self.person.email, options="anonymous")
        self.send("/checkout/shipping-address/", **(self.address(to) | {"notes": notes}))
        self.client.get("/checkout/shipping-method/")
        self.client.get("/checkout/payment-method/")
        self.send(
            "/checkout/preview/",
            action="place_order",
            card_name=self.person.name.upper(),
            card_number=self.person.card.replace(" ", ""),
        )
        self.see("/checkout/thank-you/")

    def address(self, person=None):
        person = person or self.person
        return {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "line1": person.line1,
            "line4": person.city,
            "postcode": person.postcode,
            "country": "NO",
            "phone_number": person.phone,
        }


def _page(product):
    return f"/catalogue/{product.slug}_{product.pk}/"


def _shares(addresses):
    count = len(addresses)
    return {
        "shared_emails-TOTAL_FORMS": str(count),
        "shared_emails-INITIAL_FORMS": "0",
        **{f"shared_emails-{index}-email": address for index, address in enumerate(addresses)},
    }
