"""The one big conference: everybody registers, hands in an abstract, answers the survey; some review."""

from datetime import timedelta

from acting import acting
from indico.core.db import db
from indico.modules.categories.models.categories import Category
from indico.modules.events.abstracts.models.abstracts import Abstract
from indico.modules.events.abstracts.models.email_templates import AbstractEmailTemplate
from indico.modules.events.abstracts.models.persons import AbstractPersonLink
from indico.modules.events.abstracts.models.review_questions import AbstractReviewQuestion
from indico.modules.events.abstracts.models.reviews import AbstractAction
from indico.modules.events.abstracts.operations import (
    create_abstract,
    create_abstract_comment,
    create_abstract_review,
    judge_abstract,
    open_cfa,
)
from indico.modules.events.contributions import contribution_settings
from indico.modules.events.contributions.models.persons import AuthorType
from indico.modules.events.contributions.models.types import ContributionType
from indico.modules.events.features.util import set_feature_enabled
from indico.modules.events.models.events import Event, EventType
from indico.modules.events.models.persons import EventPerson
from indico.modules.events.operations import create_event
from indico.modules.events.registration.models.form_fields import RegistrationFormField
from indico.modules.events.registration.models.forms import RegistrationForm
from indico.modules.events.registration.models.items import RegistrationFormSection
from indico.modules.events.registration.util import create_personal_data_fields, create_registration
from indico.modules.events.sessions.operations import create_session
from indico.modules.events.surveys.fields import get_field_types
from indico.modules.events.surveys.models.anonymous_submissions import AnonymousSurveySubmission
from indico.modules.events.surveys.models.items import SurveySection
from indico.modules.events.surveys.models.submissions import SurveyAnswer, SurveySubmission
from indico.modules.events.surveys.models.surveys import Survey
from indico.modules.events.surveys.operations import add_survey_question
from indico.modules.events.tracks.operations import create_track
from indico.modules.users.models.users import User
from indico.util.date_time import now_utc
from own import FIRST_DAY, named


def make(app, administrator, cast, place):
    with acting(app, administrator):
        start = FIRST_DAY + timedelta(days=90)
        event = create_event(
            Category.get(place.categories[0]),
            EventType.conference,
            {
                "title": "Autumn meeting on quiet networks",
                "start_dt": start,
                "end_dt": start + timedelta(days=3),
                "timezone": "Europe/Berlin",
                "description": "Three days by the water.",
            },
        )
        db.session.commit()  # numbers of sessions are drawn in a transaction of their own, which must see the event
        for feature in ("registration", "abstracts", "papers", "surveys", "editing"):
            set_feature_enabled(event, feature, True)
        contribution_settings.set(event, "published", True)
        _programme(event)
        _registration_form(event)
        _surveys(event)
        db.session.flush()
        place.conference = event.id
    for index, user_id in enumerate(cast):
        with acting(app, user_id) as user:
            event = Event.get(place.conference)
            _take_part(event, user, index, User.get(cast[(index + 1) % len(cast)]))
    return place.conference


def _programme(event):
    open_cfa(event)
    for number in range(4):
        create_track(event, {"title": f"Track {number + 1}", "code": f"T{number + 1}", "description": ""})
    for number in range(2):
        create_session(event, {"title": f"Session {number + 1}", "code": f"S{number + 1}"})
    event.contribution_types.append(ContributionType(name="Talk"))
    event.abstract_review_questions.append(
        AbstractReviewQuestion(title="Is it clear?", field_type="rating", position=1, is_required=True)
    )
    template = AbstractEmailTemplate(
        event=event,
        title="Received",
        subject="Your abstract {abstract_title}",
        position=1,
        body="Dear {submitter_first_name} {submitter_last_name}, thank you.",
        reply_to_address="office@example.net",
        include_submitter=True,
        include_authors=False,
        include_coauthors=False,
        stop_on_match=True,
        rules=[{"state": [1]}],
    )
    db.session.add(template)


def _registration_form(event):
    form = RegistrationForm(event=event, title="Taking part", currency="EUR")
    create_personal_data_fields(form)
    section = RegistrationFormSection(registration_form=form, title="On the day", position=2)
    for position, (kind, title) in enumerate(
        (("text", "What you cannot eat"), ("phone", "Somebody to call"))
    ):
        field = RegistrationFormField(
            parent=section, registration_form=form, title=title, input_type=kind, position=position + 1
        )
        field.data, field.versioned_data = field.field_impl.process_field_data({})
        db.session.add(field)
    db.session.add(form)


def _surveys(event):
    for title, anonymous in (("How was it?", False), ("How was it really?", True)):
        survey = Survey(event=event, title=title, anonymous=anonymous, require_user=True)
        survey.items.append(SurveySection(display_as_section=False, title="Questions"))
        db.session.add(survey)
        db.session.flush()
        add_survey_question(
            survey.sections[0],
            get_field_types()["text"],
            {
                "title": "Say it in your words",
                "is_required": True,
                "description": "",
                "multiline": True,
                "max_length": None,
                "max_words": None,
            },
        )


def _take_part(event, user, index, colleague):
    form = event.registration_forms[0]
    answers = {
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "affiliation": user.affiliation,
        "phone": user.phone,
        "address": user.address,
    }
    data = {}
    for field in form.active_fields:
        if field.personal_data_type is not None:
            value = answers.get(field.personal_data_type.name)
        else:
            value = (
                f"Nothing special, says {user.first_name} {user.last_name}"
                if field.input_type == "text"
                else user.phone
            )
        if value is not None:
            data[field.html_field_name] = value
    create_registration(form, {**data, "email": user.email})
    _hand_in(event, user, index, colleague)
    for survey in event.surveys:
        _answer(survey, user)


def _hand_in(event, user, index, colleague):
    mine = EventPerson.for_user(user, event)
    theirs = EventPerson.for_user(colleague, event)
    tracks = {event.tracks[index % 4]}
    create_abstract(
        event,
        {
            "title": f"On quietness, part {index + 1}",
            "description": "We listened.",
            "submission_comment": f"Please no slot in the morning. {user.first_name}",
            "submitted_contrib_type": event.contribution_types.first(),
            "submitted_for_tracks": tracks,
            "person_links": [
                named(AbstractPersonLink, mine, author_type=AuthorType.primary, is_speaker=True),
                named(AbstractPersonLink, theirs, author_type=AuthorType.secondary),
            ],
        },
        send_notifications=True,
    )


def _answer(survey, user):
    """As the survey page saves it: a person answers once, and an anonymous answer loses its author."""
    submission = SurveySubmission(survey=survey, user=user, is_anonymous=survey.anonymous)
    for question in survey.questions:
        submission.answers.append(SurveyAnswer(question=question, data="Calm, and well heated."))
    if submission.is_anonymous:
        submission.user = None
        survey.anonymous_submissions.append(AnonymousSurveySubmission(user=user))
    submission.submitted_dt = now_utc()
    submission.is_submitted = True
    submission.pending_answers = {}
    db.session.flush()


def review(app, cast, place):
    """Each reviews and discusses a neighbour's abstract; half are accepted and become contributions."""
    for index, user_id in enumerate(cast):
        with acting(app, user_id) as user:
            event = Event.get(place.conference)
            abstract = _abstract(event, cast[(index + 2) % len(cast)])
            create_abstract_review(
                abstract,
                event.tracks[index % 4],
                user,
                {
                    "proposed_action": AbstractAction.accept,
                    "comment": f"Good work. {user.last_name}",
                    "proposed_contribution_type": None,
                },
                {f"question_{question.id}": 4 for question in event.abstract_review_questions},
            )
            create_abstract_comment(
                abstract, {"text": f"Agreed. {user.first_name} {user.last_name}", "visibility": 5}
            )
    for index, user_id in enumerate(cast):
        with acting(app, cast[index - 1]) as judge:
            event = Event.get(place.conference)
            accepted = index % 2 == 0
            judge_abstract(
                _abstract(event, user_id),
                {
                    "judgment_comment": "Yes." if accepted else "Not this year.",
                    "accepted_track": event.tracks[index % 4],
                    "accepted_contrib_type": event.contribution_types.first(),
                },
                AbstractAction.accept if accepted else AbstractAction.reject,
                judge,
            )


def _abstract(event, submitter):
    return Abstract.query.filter_by(event_id=event.id, submitter_id=submitter).order_by(Abstract.id).first()
