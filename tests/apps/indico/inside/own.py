"""What everyone does with an account: settings, favourites, keys, a meeting of one's own, a booking."""

from datetime import datetime, timedelta
from io import BytesIO

import clock
import pytz
from acting import acting
from indico.core.db import db
from indico.core.oauth.models.applications import OAuthApplication, OAuthApplicationUserLink
from indico.core.oauth.models.personal_tokens import PersonalToken
from indico.core.oauth.models.tokens import OAuthToken
from indico.modules.api.models.keys import APIKey
from indico.modules.attachments.models.attachments import Attachment, AttachmentFile, AttachmentType
from indico.modules.attachments.models.folders import AttachmentFolder
from indico.modules.attachments.operations import add_attachment_link
from indico.modules.categories.models.categories import Category
from indico.modules.events.contributions.models.persons import (
    AuthorType,
    ContributionPersonLink,
    SubContributionPersonLink,
)
from indico.modules.events.contributions.operations import create_contribution, create_subcontribution
from indico.modules.events.models.events import Event, EventType
from indico.modules.events.models.persons import EventPerson, EventPersonLink
from indico.modules.events.models.roles import EventRole
from indico.modules.events.notes.models.notes import EventNote, RenderMode
from indico.modules.events.operations import create_event, update_event
from indico.modules.events.reminders.models.reminders import EventReminder
from indico.modules.rb.models.reservations import RepeatFrequency, Reservation
from indico.modules.rb.models.rooms import Room
from indico.modules.rb.settings import rb_user_settings
from indico.modules.users.models.suggestions import SuggestedCategory
from indico.modules.users.models.users import User

FIRST_DAY = pytz.utc.localize(datetime(2025, 4, 1, 9, 0))


def live(app, index, user_id, cast, place):
    neighbours = [cast[(index + step) % len(cast)] for step in (1, 2, 3)]
    with acting(app, user_id) as user:
        _account(user, index, neighbours, place)
    with acting(app, user_id) as user:
        event_id = _meeting(user, index, neighbours, place)
        user.favorite_events.add(Event.get(event_id))
        for neighbour in neighbours[:2]:
            visitor = User.get(neighbour)
            visitor.favorite_events.add(Event.get(event_id))
    with acting(app, user_id) as user:
        _booking(user, index, place)


def _account(user, index, neighbours, place):
    user.settings.set_multi({"show_past_events": True, "use_markdown_for_minutes": bool(index % 2)})
    rb_user_settings.set(
        user, "hide_my_bookings", True
    ) if "hide_my_bookings" in rb_user_settings.defaults else None
    user.favorite_users |= {User.get(neighbour) for neighbour in neighbours}
    user.favorite_categories.add(Category.get(place.categories[index % 3]))
    user.suggested_categories.append(
        SuggestedCategory(category=Category.get(place.categories[(index + 1) % 3]), score=0.5)
    )
    user.favorite_rooms.add(Room.get(place.rooms[index % 12]))
    key = APIKey(user=user)
    db.session.add(key)
    db.session.flush()
    key.register_used(f"192.0.2.{index % 200 + 1}", "/export/categ/0.json", True)
    token = PersonalToken(user=user, name=f"laptop of {user.first_name} {user.last_name}")
    token.access_token = "indp_" + clock.token()
    token.scopes = {"read:user"}
    link = OAuthApplicationUserLink(
        application=OAuthApplication.get(place.application), user=user, scopes=["read:user"]
    )
    granted = OAuthToken(app_user_link=link, last_used_ip=f"192.0.2.{index % 200 + 1}")
    granted.access_token = "indo_" + clock.token()
    granted.scopes = {"read:user"}
    db.session.add_all([token, link, granted])
    for identity in user.identities:
        identity.register_login(f"192.0.2.{index % 200 + 1}")


def _meeting(user, index, neighbours, place):
    start = FIRST_DAY + timedelta(days=index % 60)
    event = create_event(
        Category.get(place.categories[index % 3]),
        EventType.meeting,
        {
            "title": f"Round table number {index + 1}",
            "start_dt": start,
            "end_dt": start + timedelta(hours=4),
            "timezone": "Europe/Berlin",
            "description": "An afternoon of short talks.",
        },
    )
    db.session.commit()  # numbers are drawn in a transaction of their own, which must see what they number
    persons = [EventPerson.for_user(person, event) for person in (user, User.get(neighbours[0]))]
    update_event(event, person_link_data={named(EventPersonLink, person): True for person in persons})
    update_event(
        event,
        organizer_info=user.full_name,
        contact_title="Contact",
        contact_emails=[user.email],
        contact_phones=[user.phone],
    )
    event.update_principal(User.get(neighbours[1]), read_access=True)
    talk = create_contribution(
        event,
        {
            "title": f"Talk of round table {index + 1}",
            "duration": timedelta(minutes=20),
            "start_dt": start,
            "person_link_data": {
                named(
                    ContributionPersonLink, persons[0], is_speaker=True, author_type=AuthorType.primary
                ): True,
                named(ContributionPersonLink, persons[1], author_type=AuthorType.secondary): False,
            },
        },
    )
    db.session.commit()
    create_subcontribution(
        talk,
        {
            "title": "A closer look",
            "duration": timedelta(minutes=5),
            "person_links": [named(SubContributionPersonLink, persons[0])],
        },
    )
    note = EventNote.get_or_create(event)
    for line in ("<p>We met.</p>", "<p>We met, and it was good.</p>"):
        note.create_revision(RenderMode.html, line, user)
        db.session.flush()
    add_attachment_link(
        {"title": "Slides elsewhere", "link_url": "https://slides.example.org/1", "protection_mode": 1}, event
    )
    _upload(event, user, "minutes.txt", f"Minutes, taken by {user.full_name}.\n")
    role = EventRole(event=event, name="Helpers", code="HELP", color="005272")
    reminder = EventReminder(
        event=event,
        creator=user,
        scheduled_dt=start - timedelta(days=1),
        is_sent=True,
        event_start_delta=timedelta(days=1),
        recipients=[user.email],
        reply_to_address=user.email,
        message="See you tomorrow.",
    )
    db.session.add_all([role, reminder])
    role.members = {user, User.get(neighbours[0])}
    db.session.flush()
    return event.id


def named(link_class, person, **more):
    """A person in a list of speakers or authors, with another telephone number than her account has."""
    link = link_class(person=person, **more)
    link.phone = f"{person.phone} ext. 5"
    return link


def _upload(event, user, filename, text):
    attachment = Attachment(
        folder=AttachmentFolder.get_or_create_default(event),
        user=user,
        title=filename,
        type=AttachmentType.file,
    )
    attachment.file = AttachmentFile(user=user, filename=filename, content_type="text/plain")
    attachment.file.save(BytesIO(text.encode()))
    db.session.add(attachment)
    db.session.flush()
    return attachment


def _booking(user, index, place):
    start = datetime(2025, 5, 5, 8, 0) + timedelta(days=index // 12)
    Reservation.create_from_data(
        Room.get(place.rooms[index % 12]),
        {
            "start_dt": start,
            "end_dt": start + timedelta(hours=1),
            "repeat_frequency": RepeatFrequency.NEVER,
            "repeat_interval": 0,
            "booking_reason": "A quiet hour",
            "booked_for_user": user,
        },
        user,
    )
