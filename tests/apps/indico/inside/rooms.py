"""Rooms of the house, what is in them, and who looks after them."""

from acting import acting
from indico.core.db import db
from indico.modules.rb.models.equipment import EquipmentType
from indico.modules.rb.models.locations import Location
from indico.modules.rb.models.room_features import RoomFeature
from indico.modules.rb.models.rooms import Room
from indico.modules.rb.operations.admin import create_area, update_room_equipment
from indico.modules.users.models.users import User


def make(app, administrator, cast):
    """Twelve rooms; the first two belong to the heroine."""
    with acting(app, administrator):
        location = Location(name="Harbour house")
        location.room_name_format = "{building}/{floor}-{number}"
        feature = RoomFeature(name="videoconference", title="Video conference", icon="camera")
        equipment = EquipmentType(name="Camera and screen", features=[feature])
        db.session.add_all([location, feature, equipment])
        db.session.flush()
        create_area(
            {"north_east": {"lat": 55.2, "lng": 12.2}, "south_west": {"lat": 55.1, "lng": 12.1}},
            "Harbour",
            default=True,
        )
        made = []
        for number in range(12):
            owner = User.get(cast[0] if number < 2 else cast[10 + number])
            room = Room(
                location=location,
                building="A",
                floor="1",
                number=f"{number + 1:02d}",
                division="House",
                owner=owner,
                capacity=10 + number,
                telephone=f"55501{number:02d}",
                is_reservable=True,
                key_location="Front desk",
                comments=f"Ask {owner.first_name} {owner.last_name} for the key.",
                notification_emails=[owner.email],
            )
            db.session.add(room)
            db.session.flush()
            update_room_equipment(room, [equipment.id])
            room.update_principal(User.get(cast[30 + number]), permissions={"book"})
            made.append(room.id)
        Room.get(made[5]).update_principal(User.get(cast[0]), full_access=True)
    return made
