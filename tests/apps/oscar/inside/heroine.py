"""Hedda Sandgren: everything one can do in the shop, over nine years; and what others did with her."""

import clock
import office
from browser import Browser
from django.contrib.auth.models import Group, Permission, User
from life import user
from oscar.apps.address.models import UserAddress
from oscar.apps.catalogue.models import Product
from oscar.apps.catalogue.reviews.models import ProductReview
from oscar.apps.order.models import Order
from people import FAMILY, HEROINE, HEROINE_AT_HOME, HEROINE_BEFORE, LOOKALIKES, STAFF


def early(place):
    """In 2016: a guest, twice; the second time she also writes a review and watches a book."""
    own = Browser(HEROINE_BEFORE)
    for index in (2, 4):
        own.put_in_basket(place.products[index], dedication="To Hedda Sandgren")
        own.order(guest=True, notes="Leave it with Hedda Sandgren only.")
    own.review(place.products[2], 5, "Early", "I, Hedda Sandgren, read it twice.", signed_in=False)
    own.send(f"/accounts/alerts/create/{place.products[28].pk}/", email=HEROINE.email)


def live(place):
    """With an account."""
    own = Browser(HEROINE)
    own.register()
    own.keep_address()
    own.keep_address(**Browser(HEROINE_AT_HOME).address())
    for book in place.products[:6]:
        own.see(f"/catalogue/{book.slug}_{book.pk}/")
    for words in ("quiet lanterns", "hedda.sandgren@example.org", "tides"):
        own.see("/search/", q=words)
    _orders(own, place)
    for index in (6, 7):
        own.review(place.products[index], 4, f"Part of {index}", "Slow, and worth it. Hedda Sandgren")
    others = ProductReview.objects.exclude(user=None).exclude(user=user(HEROINE)).order_by("pk")
    for review in others[:4]:
        own.vote(review.product, review, 1)
    own.wish("Hedda's winter", *place.products[10:13], shared_with=(FAMILY[0].email, LOOKALIKES[0].email))
    own.wish("Mine", place.products[14])
    own.watch(place.products[27])
    own.watch(place.products[29])
    own.put_in_basket(place.products[15], dedication="For my sister, from Hedda Sandgren")
    own.leave()
    own.send("/password-reset/", email=HEROINE.email)


def _orders(own, place):
    own.put_in_basket(place.products[6], 2, dedication="To Hedda Sandgren, from herself")
    own.put_in_basket(place.products[8])
    own.use_voucher("WELCOME")
    own.order(notes="Hedda Sandgren is at home after four.")
    own.put_in_basket(place.products[9])
    own.order(to=HEROINE_AT_HOME)
    own.put_in_basket(place.products[9])
    own.order(to=FAMILY[1])  # a gift to her daughter, at the family's house


def with_others(place):
    """Her husband sends her a book; a list is shared with her; others vote on what she wrote; the office acts."""
    husband = Browser(FAMILY[0])
    husband.sign_in()
    husband.put_in_basket(place.products[11])
    husband.order(to=HEROINE_AT_HOME)
    husband.wish("From Nils", place.products[12], shared_with=(HEROINE.email, FAMILY[1].email))
    for mine in ProductReview.objects.filter(user=user(HEROINE)):
        for person in (*FAMILY, *LOOKALIKES):
            other = Browser(person)
            other.sign_in()
            other.vote(mine.product, mine, 1)
    _office(place)


def _office(place):
    her = user(HEROINE)
    own = Browser(STAFF[0])
    own.sign_in()
    for order in Order.objects.filter(user=her):
        office.note(own, order, "Hedda Sandgren rang about this one.")
    for address in UserAddress.objects.filter(user=her):
        office.correct(place.staff[1], address)
    office.write(place.staff[0], her, "Dear Hedda Sandgren", "Your invoice goes to Solbakken 17.")
    office.correct(place.staff[1], her)
    watched = Product.objects.get(pk=place.products[27].pk)
    record = watched.stockrecords.get()
    record.num_in_stock = 12  # who watches it is told
    record.save()
    # She helps out: she looks after a supplier's books, and an order of somebody else's.
    place.partners[0].users.add(her)
    group = Group.objects.create(name="Suppliers")
    her.groups.add(group)
    her.user_permissions.add(Permission.objects.get(codename="dashboard_access"))
    other = Order.objects.filter(user=User.objects.get(email=LOOKALIKES[0].email)).first()
    other.notes.create(user=her, message="Packed by Hedda Sandgren.")
    office.write(her.pk, user(LOOKALIKES[0]), "Your parcel", "It is packed. Greetings, Hedda Sandgren")
    office.correct(her.pk, place.products[0])
    clock.advance(days=1)
