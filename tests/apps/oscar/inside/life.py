"""What everybody does in the shop, each a little differently."""

from browser import Browser
from django.contrib.auth.models import User
from oscar.apps.catalogue.reviews.models import ProductReview

_WORDS = ("quiet", "wide", "warm", "stern", "bright", "slow", "deep")


def live(index, person, place):
    """Somebody with an account: a profile, an address, a basket, orders, a review, a list, a watch."""
    products = place.products
    own = Browser(person)
    own.register()
    own.keep_address()
    for step in (0, 3):
        book = products[(index + step) % 27]
        own.see(f"/catalogue/{book.slug}_{book.pk}/")
    own.see("/search/", q=f"{_WORDS[index % 7]} sea")
    if index % 4 != 3:
        own.put_in_basket(products[index % 27], 1 + index % 3)
        own.put_in_basket(products[(index + 5) % 27], dedication="")
        if index % 5 == 0:
            own.use_voucher("WELCOME")
        own.order(notes="Please ring twice." if index % 3 == 0 else "")
    if index % 3 != 1:
        word = _WORDS[index % 7]
        own.review(
            products[index % 27], 1 + index % 5, f"A {word} book", f"It is a {word} book, and I kept it."
        )
    earlier = (
        ProductReview.objects.exclude(user__email=person.email).exclude(user=None).order_by("-pk").first()
    )
    if earlier and index % 2:
        own.vote(earlier.product, earlier, 1 if index % 6 else -1)
    if index % 3 == 0:
        own.wish("For the winter", products[(index + 1) % 27], products[(index + 2) % 27])
    if index % 4 == 0:
        own.watch(products[27 + index % 3])
    own.put_in_basket(products[(index + 9) % 27])
    own.leave()


def visit(index, person, place):
    """Somebody without an account: an order, sometimes a review, a watch."""
    own = Browser(person)
    own.put_in_basket(place.products[(index * 3) % 27])
    own.order(guest=True)
    if index % 3 == 0:
        own.review(
            place.products[index % 27], 4, "From a guest", "Bought without an account.", signed_in=False
        )


def user(person):
    return User.objects.get(email=person.email)
