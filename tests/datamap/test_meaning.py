"""What the shorthands of the example mean, spelled out."""

from datetime import date, time
from pathlib import Path

from upheld.datamap import model as m
from upheld.datamap.desk import Desk
from upheld.datamap.proof import OwnProof
from upheld.datamap.quiet import QuietHours
from upheld.datamap.read import read
from upheld.datamap.signin import SignIn
from upheld.datamap.two import Second, Two
from upheld.law.ground import Ground
from upheld.law.pack import Certainty

MAP = read(Path(__file__).parent / "folder")
SHOP = MAP.system("shop")
FORUM = MAP.system("forum")


def _rules(table: m.Table) -> list[tuple[m.Condition, m.Action]]:
    return [(rule.when, rule.action) for rule in table.treatment.rules]


def _links(table: m.Table) -> list[tuple[object, ...]]:
    return [(link.columns, link.to, link.key, link.identity, link.tie, link.when) for link in table.links]


def test_the_organisation_its_places_and_its_holds() -> None:
    assert MAP.organisation == m.Organisation(
        name="Harbour Chess Foundation",
        contact="privacy@chess.example.org",
        country="DE",
        time_zone="Europe/Berlin",
        address="Quay 3, 20457 Hamburg",
        authority="Commissioner for Data Protection, Hamburg",
        places=("DE", "FR"),
        regimes=("gdpr", "ccpa"),
        regime_by_place=(("US-CA", "ccpa"), ("otherwise", "gdpr")),
        region="HH",
        languages=("en", "de"),
        backup_days=35,
        undo=7,
        two=Two(
            (
                ("limits", Second.OUTSIDE),
                ("undo", Second.COLLEAGUE),
                ("stop", Second.COOLING),
            ),
            48,
            "board@example.org",
        ),
        alarms=Desk("officer@chess.example.org", "deputy@chess.example.org", "thursday"),
        approve=("access",),
        proof=(
            OwnProof(
                "ccpa",
                Certainty.HIGH,
                2,
                declaration=True,
                because="Members have no more than a name and an address.",
            ),
        ),
        sign_in=(
            SignIn(
                "members",
                "Members' area",
                "https://login.chess.example.org",
                "upheld",
                secret="CLUB_SIGN_IN",
                proves=(("email", "email"), ("member number", "sub")),
                anew=False,
                acr=("two-factor",),
                private=True,
            ),
        ),
        holds=(
            m.Hold(
                "prize-dispute-2026",
                "board@chess.example.org",
                date(2027, 12, 31),
                ("forum.donations", "shop"),
                m.Place("upheld.yaml", 15),
            ),
        ),
        limits=m.Limits(people_per_day=20, share_of_table=1.0),
    )


def test_a_system_keeps_its_own_limits_and_takes_the_others_from_the_organisation() -> None:
    assert FORUM.limits == m.Limits(50, 20_000, 0.05, 30, 2, QuietHours(time(1), time(5)), 300)
    assert SHOP.limits == m.Limits(20, None, 1.0)


def test_a_system_by_hand_says_what_to_look_for() -> None:
    letters = MAP.system("letters")

    assert (letters.kind, letters.owner, letters.address, dict(letters.options)) == (
        "manual",
        "Secretary",
        "office@chess.example.org",
        {
            "look_for": "her name on the spine",
            "how": "take the folder out and shred it",
            "how_to_copy": "copy every page of the folder",
            "days": 14,
        },
    )


def test_secrets_stay_references() -> None:
    assert FORUM.connect == "${FORUM_DATABASE_URL}"


def test_identities_are_normalised_by_their_kind_unless_said() -> None:
    assert FORUM.table("users").identities == (
        m.IdentityColumn("email", "email", "email", "email_confirmed_at"),
        m.IdentityColumn("username", "username"),
    )
    assert SHOP.table("customers").identities == (
        m.IdentityColumn("email", "email", "email", "confirmed_at"),
        m.IdentityColumn("phone", "phone", "phone:DE"),
        m.IdentityColumn("card", "card_code", "casefold"),
        m.IdentityColumn("handle", "handle", None),
    )


def test_composite_and_generic_keys() -> None:
    assert _links(FORUM.table("membership")) == [
        (("org_id", "user_id"), "users", ("org_id", "id"), None, m.Tie.OWNS, ()),
        (
            ("object_id",),
            "users",
            ("id",),
            None,
            m.Tie.OWNS,
            (
                m.Test(
                    "content_type_id",
                    lookup=m.Lookup("django_content_type", (("app_label", "auth"), ("model", "user"))),
                ),
            ),
        ),
    ]


def test_people_without_a_user_table_are_found_by_identity() -> None:
    assert _links(SHOP.table("guests")) == [
        (("mail",), None, (), "email", m.Tie.OWNS, ()),
        (("number",), None, (), "phone", m.Tie.OWNS, ()),
    ]


def test_a_row_that_a_person_may_see_is_not_hers() -> None:
    assert [link.tie for link in SHOP.table("orders").links] == [m.Tie.OWNS, m.Tie.SEES]


def test_two_parties_and_what_happens_when_nobody_is_left() -> None:
    assert FORUM.table("messages").treatment == m.Treatment(
        by=(
            (
                "sender_id",
                m.Anonymise(
                    (
                        m.Assignment("sender_id", m.Constant(None)),
                        m.Assignment("body", m.Constant("[removed]")),
                    )
                ),
            ),
            ("recipient_id", m.Detach()),
        ),
        orphan=True,
    )


def test_in_a_person_table_by_names_the_persons_own_row_too() -> None:
    treatment = SHOP.table("customers").treatment

    assert [type(rule.action) for rule in treatment.rules] == [m.Anonymise]
    assert treatment.by == (("club_id,referrer_id", m.Detach()),)


def test_rules_in_order_and_an_unknown_key_asks() -> None:
    assert _rules(FORUM.table("usermeta")) == [
        ((m.Test("meta_key", ("billing_email", "nickname")),), m.Delete()),
        ((m.Test("meta_key", ("capabilities",)),), m.Delete()),
        ((), m.Ask()),
    ]


def test_a_table_without_a_decision_asks() -> None:
    assert _rules(FORUM.table("membership")) == [((), m.Ask())]


def test_retention_strips_now_and_ends_later() -> None:
    assert _rules(SHOP.table("orders")) == [
        (
            (),
            m.Retain(
                Ground.LEGAL_OBLIGATION,
                "tax records",
                m.Period(1, 6, 3),
                "paid_at",
                m.Anonymise((m.Assignment("customer_id", m.Constant(None)),)),
                (m.Assignment("note", m.Constant(None)), m.Assignment("ip", m.Constant("192.0.2.1"))),
            ),
        )
    ]


def test_the_same_history_in_short_and_in_full() -> None:
    assert SHOP.table("orders_history").history_of == m.History("orders", ("order_id",), ("id",))
    assert SHOP.table("customers_history").history_of == m.History(
        "customers", ("club", "customer"), ("club_id", "id")
    )


def test_fields_inherit_the_purposes_of_their_table() -> None:
    assert [(each.column, each.json, each.purposes) for each in SHOP.table("customers").fields] == [
        ("email", None, ("accounts",)),
        ("settings", "$.address.city", ("service",)),
    ]


def test_a_field_about_others_and_a_copy() -> None:
    assert [(each.of, each.copy_of) for each in SHOP.table("guests").fields] == [
        ("mail", None),
        ("others", None),
        (None, ("customers", "email")),
    ]


def test_replies_files_and_counters() -> None:
    remarks = SHOP.table("remarks")

    assert (remarks.replies, remarks.files, remarks.recounts) == (
        m.Replies("parent_id", m.ReplyRule.LEAVES),
        (m.FileReference("picture", "${SHOP_MEDIA}"), m.FileReference("sound", "${SHOP_MEDIA}")),
        (m.Recount("answers", "remarks", "parent_id"),),
    )


def test_what_a_column_becomes() -> None:
    action = SHOP.table("customers").treatment.rules[0].action

    assert action == m.Anonymise(
        (
            m.Assignment("email", m.Unique("gone-{random}@example.invalid")),
            m.Assignment("handle", m.Pseudonym("member-{random}")),
            m.Assignment("settings", m.JsonEdit((("$.address.city", None), ("$.lang", "en")))),
        )
    )
    assert FORUM.table("users").treatment.rules[0].action == m.Anonymise(
        (
            m.Assignment("email", m.Unique("removed-{random}@example.invalid")),
            m.Assignment("name", m.Ghost("name")),
        )
    )


def test_the_ghost_to_which_links_turn() -> None:
    assert _rules(FORUM.table("approvals")) == [((), m.Detach(to_ghost=True))]
    assert SHOP.table("customers").ghost == (m.Test("handle", ("[left]",)),)
