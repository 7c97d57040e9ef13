"""What the shop's people do: notes, changes of orders, messages, corrections, log entries of their own office."""

import clock
from browser import Browser
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from oscar.apps.address.models import UserAddress
from oscar.apps.communication.models import Notification
from oscar.apps.order.models import Order, OrderNote, ShippingEventType
from people import STAFF


def work(place):
    """Every fifth order goes out, every seventh gets a note; addresses are corrected, customers are written to."""
    own = Browser(STAFF[0])
    own.sign_in()
    sent = ShippingEventType.objects.get(name="Sent")
    for order in Order.objects.order_by("pk"):
        page = f"/dashboard/orders/{order.number}/"
        if order.pk % 5 == 0:
            own.send(page, order_action="change_order_status", new_status="Being sent")
            lines = list(order.lines.order_by("pk"))
            own.send(
                page,
                line_action="create_shipping_event",
                shipping_event_type=sent.code,
                reference="",
                selected_line=[line.pk for line in lines],
                **{f"selected_line_qty_{line.pk}": line.quantity for line in lines},
            )
        if order.pk % 7 == 0:
            note(own, order, "Asked for a second invoice.")
    for address in UserAddress.objects.filter(pk__gt=4, pk__lte=200, user__is_staff=False).order_by("pk")[
        ::9
    ]:
        correct(place.staff[1], address)
        write(place.staff[0], address.user, f"Your address, {address.user.get_full_name()}", address.summary)


def note(own, order, message):
    own.send(
        f"/dashboard/orders/{order.number}/",
        order_action="save_note",
        message=message,
        note_type="",
    )
    return OrderNote.objects.latest("pk")


def correct(staff, thing):
    """A change in the site's own office, which logs it with the thing's text."""
    clock.advance(minutes=1)
    LogEntry.objects.create(
        user_id=staff,
        content_type=ContentType.objects.get_for_model(thing),
        object_id=str(thing.pk),
        object_repr=str(thing)[:200],
        action_flag=CHANGE,
        change_message='[{"changed": {"fields": ["Postcode"]}}]',
    )


def write(staff, user, subject, body):
    """A message in the customer's inbox."""
    clock.advance(minutes=1)
    Notification.objects.create(recipient=user, sender_id=staff, subject=subject, body=body)
