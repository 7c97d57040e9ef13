"""What everybody shares: categories and who looks after them, a group, an application, kinds of identifiers."""

from types import SimpleNamespace

from acting import acting
from indico.core.db import db
from indico.core.oauth.models.applications import OAuthApplication
from indico.modules.categories.models.categories import Category, EventCreationMode
from indico.modules.categories.models.roles import CategoryRole
from indico.modules.categories.operations import create_category
from indico.modules.events.models.labels import EventLabel
from indico.modules.events.operations import create_event_label, create_reference_type
from indico.modules.groups.models.groups import LocalGroup
from indico.modules.networks.models.networks import IPNetworkGroup
from indico.modules.news.models.news import NewsItem
from indico.modules.users.models.users import User


def make(app, administrator, cast):
    place = SimpleNamespace()
    with acting(app, administrator):
        root = Category.get_root()
        names = ("Quiet networks", "Slow light", "Harbour talks")
        made = [
            create_category(root, {"title": name, "description": f"Everything about {name.lower()}."})
            for name in names
        ]
        moderated = create_category(
            root, {"title": "By invitation", "description": "Asked for, then moved in."}
        )
        moderated.event_creation_mode = EventCreationMode.moderated
        place.categories, place.moderated = [category.id for category in made], moderated.id
        for index, category in enumerate(made):
            category.update_principal(User.get(cast[10 + index]), full_access=True)
            role = CategoryRole(category=category, name="Hosts", code="HOST", color="005272")
            db.session.add(role)
            role.members = {User.get(user_id) for user_id in cast[20 + index * 5 : 25 + index * 5]}
        groups = [LocalGroup(name=name) for name in ("Programme committee", "Friends of the harbour")]
        for index, group in enumerate(groups):
            db.session.add(group)
            group.members = {User.get(user_id) for user_id in cast[index::2]}
        application = OAuthApplication(
            name="Pocket programme",
            description="Shows the programme on a telephone.",
            allowed_scopes=["read:user", "read:legacy_api"],
            redirect_uris=["https://pocket.example.org/back"],
        )
        db.session.add(application)
        db.session.add(IPNetworkGroup(name="House network", networks={"192.0.2.0/24"}))
        db.session.add(NewsItem(title="The harbour hall is open again", content="<p>Come in.</p>"))
        create_reference_type(
            {"name": "Report", "scheme": "report", "url_template": "https://reports.example.org/{value}"}
        )
        label = create_event_label({"title": "Postponed", "color": "orange"})
        assert isinstance(label, EventLabel)
        db.session.flush()
        place.groups, place.application = [group.id for group in groups], application.id
    return place
