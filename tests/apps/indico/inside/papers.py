"""A paper and a set of slides of the heroine's, and the ones that she judges and edits."""

from io import BytesIO

from acting import acting
from indico.core.db import db
from indico.modules.events.contributions.models.contributions import Contribution
from indico.modules.events.editing.models.comments import EditingRevisionComment
from indico.modules.events.editing.models.editable import EditableType
from indico.modules.events.editing.models.file_types import EditingFileType
from indico.modules.events.editing.operations import create_new_editable, review_editable_revision
from indico.modules.events.editing.schemas import EditingReviewAction
from indico.modules.events.models.events import Event
from indico.modules.events.papers.models.comments import PaperCommentVisibility
from indico.modules.events.papers.models.papers import Paper
from indico.modules.events.papers.models.review_questions import PaperReviewQuestion
from indico.modules.events.papers.models.reviews import PaperAction, PaperReviewType, PaperTypeProxy
from indico.modules.events.papers.operations import (
    create_comment,
    create_competences,
    create_paper_revision,
    create_review,
    judge_paper,
    set_reviewing_state,
    update_reviewing_roles,
    update_team_members,
)
from indico.modules.events.papers.settings import PaperReviewingRole
from indico.modules.files.models.files import File
from indico.modules.users.models.users import User
from werkzeug.datastructures import FileStorage


def paper(app, administrator, mara, twin, colleague, place):
    """She hands one in, that her look-alike reviews; she reviews and judges her look-alike's."""
    with acting(app, administrator):
        event = Event.get(place.conference)
        team = {User.get(user_id) for user_id in (mara, twin, colleague)}
        set_reviewing_state(event, PaperReviewType.content, True)
        set_reviewing_state(event, PaperReviewType.layout, True)
        update_team_members(event, {User.get(colleague)}, team, team, team)
        event.paper_review_questions.append(
            PaperReviewQuestion(
                type=PaperReviewType.content,
                title="Is it sound?",
                field_type="rating",
                position=1,
                is_required=True,
            )
        )
        for member in team:
            create_competences(event, member, ["lamps", "harbours"])
        for role in PaperReviewingRole:
            update_reviewing_roles(event, team, _contributions(event), role, True)
    for author, reviewer, number in ((mara, twin, 0), (twin, mara, 1)):
        with acting(app, author) as user:
            contribution = _contributions(Event.get(place.conference))[number]
            file = FileStorage(
                BytesIO(b"A paper."), f"paper-{user.last_name.lower()}.txt", content_type="text/plain"
            )
            with db.session.no_autoflush:
                create_paper_revision(Paper(contribution), user, [file])
        with acting(app, reviewer) as user:
            sheet = Paper(_contributions(Event.get(place.conference))[number])
            create_review(
                sheet,
                PaperTypeProxy(PaperReviewType.content),
                user,
                {"proposed_action": PaperAction.accept, "comment": f"Sound. {user.full_name}"},
                {f"question_{question.id}": 4 for question in sheet.cfp.content_review_questions},
            )
            create_comment(sheet, f"Nicely put. {user.full_name}", PaperCommentVisibility.reviewers, user)
            judge_paper(sheet, PaperAction.accept, f"Accepted. {user.full_name}", user)


def edit(app, mara, twin, place):
    """She hands slides in; she edits her look-alike's."""
    for author, editor, number in ((mara, twin, 0), (twin, mara, 1)):
        with acting(app, author) as user:
            event = Event.get(place.conference)
            kind = EditingFileType.query.filter_by(event_id=event.id, type=EditableType.slides).first()
            file = File(filename=f"slides-{user.last_name.lower()}.pdf", content_type="application/pdf")
            file.save(("event", event.id, "editing"), BytesIO(b"%PDF-1.4 slides"))
            db.session.add(file)
            create_new_editable(_contributions(event)[number], EditableType.slides, user, {kind: [file]})
        with acting(app, editor) as user:
            contribution = _contributions(Event.get(place.conference))[number]
            editable = contribution.editables[0]
            editable.editor = user
            revision = editable.revisions[0]
            revision.comments.append(EditingRevisionComment(user=user, text=f"Good lamps. {user.full_name}"))
            review_editable_revision(
                revision, user, EditingReviewAction.request_update, f"Larger letters. {user.full_name}", set()
            )


def _contributions(event):
    return Contribution.query.filter_by(event_id=event.id).order_by(Contribution.id).limit(2).all()
