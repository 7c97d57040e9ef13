"""Columns by their names, in several languages, and by their values."""

import pytest

from upheld.datamap.discover.category import Guess, by_name, by_values, of
from upheld.datamap.discover.seen import Column, Sight, Sort
from upheld.datamap.discover.treat import category_of_path

NAMES = {
    "email-address": "email e_mail EmailAddress userEmail billing_email user-mail courriel correo MAIL2",
    "name": "first_name LastName fullName vorname Nachname prénom apellidos display_name billing_name author_name"
    " recipient comment_author contact_name",
    "username": "username user_name login user_login",
    "phone-number": "phone phone_number mobile telefon Handy fax_no contact_phone",
    "birth-date": "birthday date_of_birth dob birth_date Geburtsdatum birth_year",
    "postal-address": "street address addressLine2 postal_code zip_code PLZ Straße ville city billing_address line1 address_line_2",
    "ip-address": "ip ip_address user_agent last_ip remote_addr",
    "credentials": "password password_hash encrypted_password remember_token api_key user_pass",
    "payment-card": "card_number last4 cc_number",
    "official-number": "ssn iban passport_number tax_id",
    "free-text": "bio about_me notes message body description",
    "picture": "avatar profile_picture",
}
NOTHING = (
    "id email_count email_verified_at address_id mail_template phone_type name title order_number created_at last_login"
    " city_id username_changed notification_email_enabled price ipsum shipping emails_sent birth_order_id"
)


@pytest.mark.parametrize(
    ("category", "name"), [(each, name) for each, names in NAMES.items() for name in names.split()]
)
def test_a_name_says_what_a_column_holds(category: str, name: str) -> None:
    assert by_name(name) == category


@pytest.mark.parametrize("name", NOTHING.split())
def test_a_name_about_a_thing_holds_none(name: str) -> None:
    assert by_name(name) is None


def _sight(kind: str, many: int, of_all: int) -> Sight:
    return Sight(filled=of_all, distinct=of_all, marked=of_all, longest=20, kinds={kind: many})


def test_values_say_it_whatever_the_column_is_called() -> None:
    assert by_values(_sight("email", 40, 40)) == Guess(
        "email-address", 0.97, "100% of the values seen look like it"
    )
    assert by_values(_sight("email", 30, 40)) is None
    assert by_values(_sight("email", 2, 2)) is None
    assert by_values(_sight("card", 5, 40)) is None
    assert by_values(_sight("official", 12, 40)) is None
    assert by_values(_sight("name", 40, 40)) is None


@pytest.mark.parametrize(
    ("kind", "sort", "category"),
    [
        ("card", Sort.INTEGER, "payment-card"),
        ("official", Sort.INTEGER, "official-number"),
        ("birth", Sort.MOMENT, "birth-date"),
        ("birth", Sort.TEXT, "birth-date"),
        ("phone", Sort.INTEGER, None),  # orders and articles have as many digits
        ("birth", Sort.INTEGER, None),
        ("card", Sort.MOMENT, None),
    ],
)
def test_numbers_show_it_by_their_check_digits_and_moments_by_being_long_ago(
    kind: str, sort: Sort, category: str | None
) -> None:
    guess = of(Column("c1", sort, sight=_sight(kind, 40, 40)))

    assert (guess.category if guess else None) == category


def test_a_few_days_of_long_ago_are_nobodys_birthdays() -> None:
    assert of(Column("c1", Sort.MOMENT, sight=_sight("birth", 9, 9))) is None
    assert of(Column("c1", Sort.MOMENT, sight=_sight("birth", 30, 40))) is None


def test_names_inside_a_document_are_seen_whatever_they_are_called() -> None:
    assert category_of_path("$.c1", _sight("name", 40, 40)) == "name"
    assert category_of_path("$.c1", _sight("name", 9, 9)) is None
    assert category_of_path("$.c1", _sight("birth", 40, 40)) == "birth-date"
    assert category_of_path("$.c1", _sight("card", 40, 40)) == "payment-card"


def test_a_column_of_another_kind_is_not_what_its_name_says() -> None:
    assert of(Column("email", Sort.BOOLEAN)) is None
    assert of(Column("phone", Sort.MOMENT)) is None
    assert of(Column("gender", Sort.TEXT, enum=("f", "m"))) is None
    assert of(Column("email", Sort.TEXT, sight=_sight("word", 40, 40))) is None
    assert of(Column("ref", Sort.TEXT, sight=_sight("email", 40, 40))) == Guess(
        "email-address", 0.97, "100% of the values seen look like it"
    )
