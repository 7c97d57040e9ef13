"""Whether the shop still works: its own pages, asked for by people who sign in, and an order at the end. Run inside the
shop's environment.

Prints what each person saw that was not 200, and how many pages were asked for; ends with 1 if any was not.
"""

import application  # noqa: F401

# isort: split
import sys

from browser import Browser, Refused
from oscar.apps.catalogue.models import Product
from oscar.apps.order.models import Order
from people import FAMILY, LOOKALIKES, STAFF, everyone_else

ANYBODY = ("/catalogue/", "/basket/", "/search/?q=tides", "/offers/", "/accounts/login/", "/password-reset/")
OWN = (
    "/accounts/profile/",
    "/accounts/orders/",
    "/accounts/addresses/",
    "/accounts/emails/",
    "/accounts/notifications/inbox/",
    "/accounts/alerts/",
    "/accounts/wishlists/",
    "/accounts/profile/edit/",
    "/basket/",
)
OFFICE = (
    "/dashboard/",
    "/dashboard/users/",
    "/dashboard/users/?email=hedda&name=",
    "/dashboard/users/alerts/",
    "/dashboard/orders/",
    "/dashboard/orders/statistics/",
    "/dashboard/reviews/",
    "/dashboard/partners/",
    "/dashboard/vouchers/",
    "/dashboard/comms/",
    "/dashboard/offers/",
    "/dashboard/reports/?report_type=order_report&date_from=2016-01-01&date_to=2026-01-01",
    "/dashboard/reports/?report_type=user_analytics",
    "/dashboard/reports/?report_type=open_baskets&date_from=2016-01-01&date_to=2026-01-01",
    "/admin/",
    "/admin/auth/user/",
    "/admin/basket/basket/",
    "/admin/order/order/",
    "/admin/order/billingaddress/",
    "/admin/order/shippingaddress/",
    "/admin/order/ordernote/",
    "/admin/payment/source/",
    "/admin/payment/bankcard/",
    "/admin/reviews/productreview/",
    "/admin/voucher/voucherapplication/",
    "/admin/wishlists/wishlist/",
    "/admin/analytics/userrecord/",
    "/admin/customer/productalert/",
    "/admin/communication/notification/",
    "/admin/communication/email/",
)


def pages(person):
    """What this person's own lists lead to, besides `OWN`."""
    orders = Order.objects.filter(user__email=person.email).order_by("pk")
    return [*OWN, *(f"/accounts/orders/{order.number}/" for order in orders)]


def look():
    asked = []
    books = [f"/catalogue/{book.slug}_{book.pk}/" for book in Product.objects.order_by("pk")]
    asked += _see(Browser(STAFF[0]), "nobody", [*ANYBODY, *books, *(f"{page}reviews/" for page in books)])
    for person in (*FAMILY, *LOOKALIKES, next(everyone_else())):
        own = Browser(person)
        asked.append((person.email, "signs in", _signs_in(own)))
        asked += _see(own, person.email, pages(person))
    own = Browser(STAFF[0])
    asked.append(("the office", "signs in", _signs_in(own)))
    orders = [
        order
        for order in Order.objects.order_by("pk")
        if order.pk < 5 or order.pk % 20 == 0 or order.pk > 205
    ]
    office = [f"/dashboard/orders/{order.number}/" for order in orders]
    office += [f"/admin/order/order/{order.pk}/change/" for order in orders]
    asked += _see(own, "the office", [*OFFICE, *office])
    return asked


def _signs_in(browser):
    try:
        browser.sign_in()
    except Refused:
        return 403
    return 200


def _see(browser, who, asked):
    return [(who, page, browser.client.get(page, follow=True).status_code) for page in asked]


def buy():
    """An order and a review, through the pages."""
    own = Browser(FAMILY[0])
    own.sign_in()
    own.put_in_basket(Product.objects.order_by("pk")[20])
    own.order()
    own.review(Product.objects.order_by("pk")[20], 3, "Again", "Bought after all.")


def main():
    asked = look()
    wrong = [line for line in asked if line[2] != 200]
    for line in wrong:
        sys.stdout.write(" ".join(map(str, line)) + "\n")
    buy()
    sys.stdout.write(f"{len(asked)} asked, {len(wrong)} wrong\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
