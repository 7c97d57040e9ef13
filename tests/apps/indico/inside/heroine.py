"""Where the heroine is more than one of many: she judges, edits, hosts, blocks rooms, had two accounts."""

from datetime import date, datetime, timedelta
from io import BytesIO

from acting import acting
from indico.core.db import db
from indico.modules.attachments.models.attachments import Attachment, AttachmentType
from indico.modules.attachments.models.folders import AttachmentFolder
from indico.modules.auth.models.identities import Identity
from indico.modules.auth.models.registration_requests import RegistrationRequest
from indico.modules.categories.models.categories import Category
from indico.modules.categories.models.roles import CategoryRole
from indico.modules.events.abstracts.models.abstracts import Abstract
from indico.modules.events.abstracts.models.comments import AbstractComment
from indico.modules.events.abstracts.operations import update_abstract, update_abstract_comment
from indico.modules.events.abstracts.settings import abstracts_settings
from indico.modules.events.agreements.base import AgreementPersonInfo
from indico.modules.events.agreements.models.agreements import Agreement, AgreementState
from indico.modules.events.contributions.models.contributions import Contribution
from indico.modules.events.models.events import Event
from indico.modules.events.models.persons import EventPerson
from indico.modules.events.notes.models.notes import EventNote, RenderMode
from indico.modules.events.operations import create_event_request, update_event
from indico.modules.events.payment.models.transactions import TransactionAction
from indico.modules.events.payment.util import register_transaction
from indico.modules.events.registration.models.forms import RegistrationForm
from indico.modules.events.registration.models.invitations import InvitationState, RegistrationInvitation
from indico.modules.events.registration.models.registrations import Registration
from indico.modules.events.registration.models.tags import RegistrationTag
from indico.modules.events.registration.util import create_personal_data_fields
from indico.modules.events.reminders.models.reminders import EventReminder
from indico.modules.events.requests.models.requests import Request, RequestState
from indico.modules.events.static.models.static import StaticSite, StaticSiteState
from indico.modules.events.surveys.models.submissions import SurveySubmission
from indico.modules.events.surveys.models.surveys import Survey
from indico.modules.rb import rb_settings
from indico.modules.rb.models.reservation_edit_logs import ReservationEditLog
from indico.modules.rb.models.reservations import RepeatFrequency, Reservation
from indico.modules.rb.models.rooms import Room
from indico.modules.rb.operations.blockings import create_blocking
from indico.modules.users.models.users import User
from indico.modules.users.util import merge_users, set_user_avatar
from indico.modules.vc.models.vc_rooms import VCRoom, VCRoomEventAssociation, VCRoomLinkType, VCRoomStatus
from indico.util.date_time import now_utc
from papers import edit, paper
from people import Person, register
from PIL import Image

OLD = Person(
    "Mara",
    "Lindqvist",
    "mara.lindqvist@old.example.com",
    "m.lindqvist@old.example.com",
    "mara.old",
    "+46 555 0141 77",
    "Ripstigen 14, 90337 Umbyn",
    "Institute of Slow Light",
)


def live(app, administrator, cast, place):
    mara, twin, colleague = cast[0], cast[1], cast[7]
    _account(app, mara)
    with acting(app, administrator):
        _appointments(User.get(mara), User.get(twin), place)
    with acting(app, administrator):
        _registration(User.get(mara), User.get(twin), place)
    with acting(app, mara) as user:
        _meetings(user, cast, place)
    with acting(app, mara) as user:
        _rooms(user, User.get(twin), User.get(colleague), place)
    with acting(app, colleague) as user:
        _named_by_others(user, User.get(mara), User.get(twin), place)
    paper(app, administrator, mara, twin, colleague, place)
    edit(app, mara, twin, place)


def _account(app, mara):
    """A picture, a log-in of the campus, and an older account that was merged into this one."""
    with acting(app, None):
        old = register(OLD).id
    with acting(app, old) as user:
        user.settings.set("show_future_events", True)
    with acting(app, mara) as user:
        picture = BytesIO()
        Image.new("RGB", (8, 8), (120, 80, 40)).save(picture, "PNG")
        set_user_avatar(user, picture.getvalue(), "mara-lindqvist.png")
        campus = Identity(
            provider="campus",
            identifier="mlindqv7",
            user=user,
            multipass_data={"login": "mara.lindqvist@example.org"},
        )
        campus._data = {"email": [user.email], "first_name": [user.first_name], "last_name": [user.last_name]}
        campus.register_login("192.0.2.250")
        db.session.add(campus)
    with acting(app, mara) as user:
        merge_users(User.get(old), user)


def _appointments(mara, twin, place):
    """Offices and rights: of the house, of a category, of the conference and of its parts."""
    rb_settings.acls.add_principal("admin_principals", mara)
    rb_settings.acls.add_principal("authorized_principals", twin)
    category = Category.get(place.categories[1])
    category.update_principal(mara, full_access=True)
    category.update_principal(twin, permissions={"create"})
    category.event_creation_notification_emails = [twin.email, mara.email, "desk@example.net"]
    role = CategoryRole(category=category, name="Chairs", code="CHAIR", color="005272")
    db.session.add(role)
    role.members = {mara, twin}
    event = Event.get(place.conference)
    abstracts_settings.acls.add_principal(event, "authorized_submitters", mara)
    abstracts_settings.acls.add_principal(event, "authorized_submitters", twin)
    for member in (mara, twin):
        event.update_principal(member, full_access=True, permissions={"abstracts"})
        event.tracks[0].update_principal(member, permissions={"review", "convene"})
        event.sessions[0].update_principal(member, permissions={"coordinate"})
        Contribution.query.filter_by(event_id=event.id).order_by(Contribution.id).first().update_principal(
            member, permissions={"submit"}
        )
    update_event(event, contact_title="Office", contact_emails=[twin.email, mara.email, "desk@example.net"])


def _registration(mara, twin, place):
    """She paid; a second form invited her, and another was asked to sign something."""
    event = Event.get(place.conference)
    tag = RegistrationTag(event=event, title="Speaker", color="teal")
    for person in (mara, twin):
        registration = Registration.query.filter_by(event_id=event.id, user_id=person.id).one()
        registration.base_price = 40
        registration.tags.add(tag)
        db.session.flush()
        register_transaction(
            registration,
            40,
            "EUR",
            TransactionAction.complete,
            provider="_manual",
            data={"changed_by_name": person.full_name, "changed_by_id": person.id, "payer": person.email},
        )
        agreement = Agreement.create_from_data(
            event, "recording", AgreementPersonInfo(user=person, data={"talk": 1})
        )
        agreement.state, agreement.signed_dt = AgreementState.accepted, now_utc()
        agreement.signed_from_ip = "192.0.2.77"
        db.session.add(agreement)
    dinner = RegistrationForm(
        event=event,
        title="The dinner",
        currency="EUR",
        manager_notifications_enabled=True,
        manager_notification_recipients=[twin.email, mara.email],
    )
    create_personal_data_fields(dinner)
    db.session.add(dinner)
    db.session.flush()
    for person in (mara, twin):
        dinner.invitations.append(
            RegistrationInvitation(
                email=person.email,
                first_name=person.first_name,
                last_name=person.last_name,
                affiliation=person.affiliation,
                state=InvitationState.pending,
            )
        )
    db.session.add(
        RegistrationRequest(
            email="amara.lindqvist@old.example.com",
            comment="Please let me in.",
            extra_emails=[],
            user_data={
                "first_name": "Amara",
                "last_name": "Lindqvist",
                "affiliation": "",
                "address": "",
                "phone": "",
            },
            identity_data={"provider": "indico"},
            settings={},
        )
    )


def _meetings(mara, cast, place):
    """On her own meeting and on others': notes, requests, a copy for later, who may read a file."""
    event = Event.query.filter_by(creator_id=mara.id).order_by(Event.id).first()
    other = Event.query.filter_by(creator_id=cast[5]).order_by(Event.id).first()
    create_event_request(event, Category.get(place.moderated), "Please take it, Mara Lindqvist")
    request = Request(
        event=event,
        type="webcast",
        data={"comment": "One camera. Mara Lindqvist"},
        created_by_user=mara,
        state=RequestState.accepted,
        processed_by_user=User.get(cast[1]),
        processed_dt=now_utc(),
    )
    static = StaticSite(event=event, creator=mara, state=StaticSiteState.expired)
    room = VCRoom(
        type="zoom",
        name="Round table by the lamp",
        status=VCRoomStatus.created,
        created_by_user=mara,
        data={"host": mara.email, "description": "Every Monday"},
    )
    link = VCRoomEventAssociation(linked_event=event, vc_room=room, link_type=VCRoomLinkType.event, data={})
    db.session.add_all([request, static, room, link])
    note = EventNote.get_or_create(other)
    note.create_revision(RenderMode.html, "<p>We met. I was late. Mara Lindqvist</p>", mara)
    db.session.flush()
    note.create_revision(RenderMode.html, "<p>We met, and it was good.</p>", User.get(cast[5]))
    folder = AttachmentFolder(title="For the few", object=event, is_default=False, protection_mode=2)
    attachment = Attachment(
        folder=folder,
        user=User.get(cast[1]),
        title="Plan",
        type=AttachmentType.link,
        link_url="https://plans.example.org/1",
        protection_mode=2,
    )
    db.session.add_all([folder, attachment])
    folder.acl = {mara, User.get(cast[1])}
    attachment.acl = {mara, User.get(cast[1])}
    survey = Survey.query.filter_by(event_id=place.conference).order_by(Survey.id).first()
    draft = SurveySubmission(
        survey=survey,
        user=mara,
        is_anonymous=False,
        pending_answers={"question_1": ["I write again, Mara Lindqvist"]},
    )
    db.session.add(draft)


def _rooms(mara, twin, colleague, place):
    """A blocking of hers, one she turned down, a booking made for her, one that she cancelled."""
    create_blocking(
        [place.rooms[4]], {twin, mara}, date(2025, 6, 2), date(2025, 6, 3), "Painting. Mara", mara
    )
    theirs = create_blocking(
        [place.rooms[0]], {mara}, date(2025, 6, 9), date(2025, 6, 9), "Photographs", colleague
    )
    theirs.blocked_rooms[0].reject(mara, "We meet there.")
    start = datetime(2025, 7, 1, 10, 0)
    booking = Reservation.create_from_data(
        Room.get(place.rooms[3]),
        {
            "start_dt": start,
            "end_dt": start + timedelta(hours=1),
            "repeat_frequency": RepeatFrequency.NEVER,
            "repeat_interval": 0,
            "booking_reason": "Rehearsal",
            "booked_for_user": mara,
        },
        colleague,
    )
    booking.add_edit_log(ReservationEditLog(user_name=mara.full_name, info=["The reason was changed"]))
    hers = Reservation.query.filter_by(created_by_id=mara.id).order_by(Reservation.id).first()
    hers.cancel(mara, "Not needed any more")


def _named_by_others(colleague, mara, twin, place):
    """Lists that others keep, with her address among others' in them."""
    event = Event.query.filter_by(creator_id=colleague.id).order_by(Event.id).first()
    reminder = EventReminder(
        event=event,
        creator=colleague,
        scheduled_dt=event.start_dt,
        is_sent=False,
        event_start_delta=timedelta(0),
        recipients=[twin.email, mara.email, "desk@example.net"],
        reply_to_address=colleague.email,
    )
    db.session.add_all([reminder, EventPerson.for_user(mara, event)])
    conference = Event.get(place.conference)
    for survey in conference.surveys:
        survey.new_submission_emails = [mara.email, twin.email]
        survey.start_notification_emails = [twin.email, mara.email]
    conference.abstract_email_templates[0].extra_cc_emails = [mara.email, twin.email]
    abstract = (
        Abstract.query.filter_by(event_id=conference.id, submitter_id=mara.id).order_by(Abstract.id).first()
    )
    update_abstract(abstract, {"submission_comment": "Moved to the afternoon for Mara Lindqvist"})
    comment = AbstractComment.query.filter_by(user_id=mara.id).order_by(AbstractComment.id).first()
    update_abstract_comment(comment, {"text": comment.text + " (again)"})
