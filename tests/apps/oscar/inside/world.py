"""What everybody shares: books, who delivers them, an offer, a voucher, countries, the people who run the shop."""

from decimal import Decimal
from types import SimpleNamespace

import clock
from django.contrib.auth.models import User
from oscar.apps.address.models import Country
from oscar.apps.catalogue.categories import create_from_breadcrumbs
from oscar.apps.catalogue.models import Option, Product, ProductCategory, ProductClass
from oscar.apps.communication.models import CommunicationEventType
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range
from oscar.apps.order.models import ShippingEventType
from oscar.apps.partner.models import Partner, PartnerAddress, StockRecord
from oscar.apps.voucher.models import Voucher
from people import PASSWORD, STAFF

_SHELVES = ("Sea", "Mountains", "Cooking")
_NOUNS = (
    "lanterns",
    "ferries",
    "tides",
    "moss",
    "kettles",
    "harbours",
    "larches",
    "cranes",
    "ropes",
    "windows",
)


def make():
    for code, name in (("NO", "Norway"), ("SE", "Sweden")):
        Country.objects.create(iso_3166_1_a2=code, name=name, printable_name=name, is_shipping_country=True)
    place = SimpleNamespace()
    place.staff = [_staff(person) for person in STAFF]
    place.partners = [_partner(*each) for each in (("Quay Press", "Pakkhuset 4"), ("Hill Print", "Stien 9"))]
    place.products = _books(place.partners)
    place.voucher = _voucher(place.products)
    ShippingEventType.objects.create(name="Sent")
    CommunicationEventType.objects.create(
        code="ORDER_PLACED", name="Order placed", category=CommunicationEventType.ORDER_RELATED
    )
    clock.advance(days=1)
    return place


def _staff(person):
    user = User.objects.create_superuser(
        username=person.email.partition("@")[0],
        email=person.email,
        password=PASSWORD,
        first_name=person.first_name,
        last_name=person.last_name,
    )
    return user.pk


def _partner(name, street):
    partner = Partner.objects.create(name=name)
    PartnerAddress.objects.create(
        partner=partner, line1=street, line4="Havnby", postcode="9952", country_id="NO"
    )
    return partner


def _books(partners):
    books = ProductClass.objects.create(name="Book", requires_shipping=True, track_stock=True)
    dedication = Option.objects.create(name="Dedication", code="dedication", type=Option.TEXT, required=False)
    books.options.add(dedication)
    shelves = [create_from_breadcrumbs(f"Books > {name}") for name in _SHELVES]
    made = []
    for index in range(30):
        book = Product.objects.create(
            product_class=books,
            title=f"The book of {_NOUNS[index % 10]}, part {index // 10 + 1}",
            upc=f"{978000000000 + index}",
            description=f"All about {_NOUNS[index % 10]}.",
        )
        ProductCategory.objects.create(product=book, category=shelves[index % 3])
        StockRecord.objects.create(
            product=book,
            partner=partners[index % 2],
            partner_sku=f"B{index:03d}",
            price=Decimal(10 + index),
            num_in_stock=0 if index >= 27 else 5000,
        )
        made.append(book)
    return made


def _voucher(products):
    books = Range.objects.create(name="All books", includes_all_products=True)
    condition = Condition.objects.create(range=books, type=Condition.COUNT, value=1)
    benefit = Benefit.objects.create(range=books, type=Benefit.PERCENTAGE, value=10)
    offer = ConditionalOffer.objects.create(
        name="Welcome", offer_type=ConditionalOffer.VOUCHER, condition=condition, benefit=benefit
    )
    voucher = Voucher.objects.create(
        name="Welcome",
        code="WELCOME",
        usage=Voucher.MULTI_USE,
        start_datetime=clock.now(),
        end_datetime=clock.now().replace(year=2040),
    )
    voucher.offers.add(offer)
    assert products
    return voucher
