"""Applications of four schools: Django, Rails without foreign keys, a PHP forum, and key/value tables."""

import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.connectors.sql.discover.application import EMAIL, HER, PEOPLE, Application, days, people, text

Rows = Mapping[str, Sequence[Sequence[Any]]]


def mine(*columns: str, value: Any = HER) -> Any:
    return lambda row: any(row[column] == value for column in columns)


# --- Django ------------------------------------------------------------------------------------------------

BLOG_TABLES = {
    "django_migrations": "id BIG PRIMARY KEY, app VARCHAR(255) NOT NULL, name VARCHAR(255) NOT NULL",
    "django_content_type": "id BIG PRIMARY KEY, app_label VARCHAR(100) NOT NULL, model VARCHAR(100) NOT NULL",
    "auth_group": "id BIG PRIMARY KEY, name VARCHAR(150) NOT NULL UNIQUE",
    "auth_user": "id BIG PRIMARY KEY, password VARCHAR(128) NOT NULL, last_login MOMENT, is_superuser TRUTH NOT NULL,"
    " username VARCHAR(150) NOT NULL UNIQUE, first_name VARCHAR(150) NOT NULL, last_name VARCHAR(150) NOT NULL,"
    " email VARCHAR(254) NOT NULL, is_active TRUTH NOT NULL, date_joined MOMENT NOT NULL",
    "auth_user_groups": "id BIG PRIMARY KEY, user_id BIG NOT NULL, group_id BIG NOT NULL,"
    " FOREIGN KEY (user_id) REFERENCES auth_user(id), FOREIGN KEY (group_id) REFERENCES auth_group(id)",
    "account_emailaddress": "id BIG PRIMARY KEY, email VARCHAR(254) NOT NULL UNIQUE, verified TRUTH NOT NULL,"
    " user_id BIG NOT NULL, FOREIGN KEY (user_id) REFERENCES auth_user(id)",
    "django_admin_log": "id BIG PRIMARY KEY, object_id TEXT, object_repr VARCHAR(200) NOT NULL, change_message TEXT"
    " NOT NULL, content_type_id BIG, user_id BIG NOT NULL, FOREIGN KEY (user_id) REFERENCES auth_user(id),"
    " FOREIGN KEY (content_type_id) REFERENCES django_content_type(id)",
    "members_profile": "id BIG PRIMARY KEY, user_id BIG NOT NULL UNIQUE, bio TEXT NOT NULL, phone VARCHAR(40),"
    " settings DOC, FOREIGN KEY (user_id) REFERENCES auth_user(id)",
    "blog_category": "id BIG PRIMARY KEY, name VARCHAR(50) NOT NULL",
    "blog_post": "id BIG PRIMARY KEY, author_id BIG, editor_id BIG, category_id BIG NOT NULL, title VARCHAR(200) NOT"
    " NULL, body TEXT NOT NULL, created_at MOMENT NOT NULL, FOREIGN KEY (author_id) REFERENCES auth_user(id),"
    " FOREIGN KEY (editor_id) REFERENCES auth_user(id), FOREIGN KEY (category_id) REFERENCES blog_category(id)",
    "blog_comment": "id BIG PRIMARY KEY, post_id BIG NOT NULL, user_id BIG, name VARCHAR(50), email VARCHAR(254),"
    " body TEXT NOT NULL, ip_address VARCHAR(45), FOREIGN KEY (post_id) REFERENCES blog_post(id),"
    " FOREIGN KEY (user_id) REFERENCES auth_user(id)",
    "events_event": "id BIG PRIMARY KEY, organizer_id BIG NOT NULL, title VARCHAR(100) NOT NULL, description TEXT NOT"
    " NULL, FOREIGN KEY (organizer_id) REFERENCES auth_user(id)",
    "events_attendee": "id BIG PRIMARY KEY, event_id BIG NOT NULL, user_id BIG NOT NULL, FOREIGN KEY (event_id)"
    " REFERENCES events_event(id), FOREIGN KEY (user_id) REFERENCES auth_user(id)",
    "news_subscriber": "id BIG PRIMARY KEY, email VARCHAR(254) NOT NULL UNIQUE, confirmed TRUTH NOT NULL",
}


def _blog(chance: Random) -> Rows:
    day, everybody = days(chance), people()
    one = lambda: chance.randrange(1, len(everybody) + 1)  # noqa: E731
    comments = []
    for number in range(1, 121):
        who, guest = everybody[one() - 1], chance.random() < 0.4
        row = [None, who.name, who.email] if guest else [who.id, None, None]
        comments.append([number, chance.randrange(1, 61), *row, text(chance), who.ip])
    return {
        "django_migrations": [[n, "blog", f"000{n}_step"] for n in range(1, 6)],
        "django_content_type": [[1, "auth", "user"], [2, "blog", "post"], [3, "auth", "group"]],
        "auth_group": [[1, "editors"], [2, "staff"]],
        "auth_user": [
            [each.id, f"pbkdf2_sha256${each.id * 7919}", next(day), each.id == 1, each.login, each.first, each.last,
             each.email, True, next(day)] for each in everybody
        ],
        "auth_user_groups": [[n, n, 1 + n % 2] for n in range(1, 21)],
        "account_emailaddress": [[each.id, each.email, True, each.id] for each in everybody],
        "django_admin_log": [
            [n, str(who), everybody[who - 1].login, "changed", 1, 1] for n, who in enumerate(range(1, 21), 1)
        ] + [[n, str(n), "Welcome", "added", 2, 1 + n % 3] for n in range(21, 41)],
        "members_profile": [
            [each.id, each.id, text(chance), each.phone,
             json.dumps({"theme": "dark", "contact": {"email": each.email, "name": each.name}})] for each in everybody
        ],
        "blog_category": [[1, "Harbour"], [2, "Meadow"]],
        "blog_post": [[n, one(), 1 + n % 3, 1 + n % 2, text(chance, 3), text(chance), next(day)] for n in range(1, 61)],
        "blog_comment": comments,
        "events_event": [[n, 1 + n % 8, text(chance, 2), text(chance)] for n in range(1, 17)],
        "events_attendee": [[n, 1 + n % 16, one()] for n in range(1, 81)],
        "news_subscriber": [[each.id, each.email, True] for each in everybody[::2]],
    }  # fmt: skip


BLOG = Application(
    "blog",
    BLOG_TABLES,
    _blog,
    {
        "auth_user": mine("id"),
        "auth_user_groups": mine("user_id"),
        "account_emailaddress": mine("user_id"),
        "django_admin_log": lambda row: (
            row["user_id"] == HER or (row["content_type_id"], row["object_id"]) == (1, "7")
        ),
        "members_profile": mine("user_id"),
        "blog_post": mine("author_id", "editor_id"),
        "blog_comment": lambda row: row["user_id"] == HER or row["email"] == EMAIL,
        "events_event": mine("organizer_id"),
        "events_attendee": mine("user_id"),
        "news_subscriber": mine("email", value=EMAIL),
    },
)

# --- Rails, without foreign keys ---------------------------------------------------------------------------

MARKET_TABLES = {
    "schema_migrations": "version VARCHAR(100) PRIMARY KEY",
    "users": "id BIG PRIMARY KEY, email VARCHAR(255) NOT NULL, encrypted_password VARCHAR(255) NOT NULL,"
    " first_name VARCHAR(255), last_name VARCHAR(255), phone VARCHAR(255), current_sign_in_ip VARCHAR(255),"
    " confirmed_at MOMENT, deleted_at MOMENT, created_at MOMENT NOT NULL",
    "addresses": "id BIG PRIMARY KEY, user_id BIG, full_name VARCHAR(255), street VARCHAR(255), city VARCHAR(255),"
    " postal_code VARCHAR(20)",
    "products": "id BIG PRIMARY KEY, name VARCHAR(255), description TEXT, price_cents BIG",
    "orders": "id BIG PRIMARY KEY, user_id BIG, billing_address_id BIG, number VARCHAR(20), email VARCHAR(255),"
    " state VARCHAR(20), total_cents BIG, created_at MOMENT",
    "line_items": "id BIG PRIMARY KEY, order_id BIG NOT NULL, product_id BIG NOT NULL, quantity BIG NOT NULL",
    "reviews": "id BIG PRIMARY KEY, product_id BIG, user_id BIG, title VARCHAR(255), body TEXT, stars BIG",
    "notifications": "id BIG PRIMARY KEY, recipient_id BIG NOT NULL, actor_id BIG, notifiable_type VARCHAR(50),"
    " notifiable_id BIG, message TEXT",
    "follows": "id BIG PRIMARY KEY, follower_id BIG NOT NULL, followed_id BIG NOT NULL",
    "messages": "id BIG PRIMARY KEY, sender_id BIG, recipient_id BIG, body TEXT NOT NULL",
    "comments": "id BIG PRIMARY KEY, commentable_type VARCHAR(50) NOT NULL, commentable_id BIG NOT NULL, user_id BIG,"
    " body TEXT",
    "sessions": "id BIG PRIMARY KEY, user_id BIG NOT NULL, token VARCHAR(100) NOT NULL, ip_address VARCHAR(45),"
    " user_agent VARCHAR(255)",
    "tickets": "id BIG PRIMARY KEY, user_id BIG, assigned_to_id BIG, subject VARCHAR(255), body TEXT",
    "ticket_replies": "id BIG PRIMARY KEY, ticket_id BIG NOT NULL, author_id BIG, body TEXT",
}


def _market(chance: Random) -> Rows:
    day, everybody = days(chance), people()
    one = lambda: chance.randrange(1, len(everybody) + 1)  # noqa: E731
    orders = []
    for number in range(1, 101):
        who = everybody[one() - 1]
        orders.append([number, who.id, who.id, f"R{number:06}", who.email, "paid", number * 100, next(day)])
    follows = {(one(), one()) for _ in range(80)}
    return {
        "schema_migrations": [["20240101"], ["20240202"]],
        "users": [
            [each.id, each.email, f"$2a$12${each.id * 104729}", each.first, each.last, each.phone, each.ip, next(day),
             None, next(day)] for each in everybody
        ],
        "addresses": [
            [each.id, each.id, each.name, each.street, "Quellstadt", f"{10000 + each.id}"] for each in everybody
        ],
        "products": [[n, text(chance, 2).title(), text(chance), n * 99] for n in range(1, 31)],
        "orders": orders,
        "line_items": [[n, 1 + n % 100, 1 + n % 30, 1] for n in range(1, 181)],
        "reviews": [[n, 1 + n % 30, one(), text(chance, 2), text(chance), 1 + n % 5] for n in range(1, 61)],
        "notifications": [[n, one(), one(), "Order", 1 + n % 100, "your order"] for n in range(1, 91)],
        "follows": [[n, *pair] for n, pair in enumerate(sorted(follows), 1)],
        "messages": [[n, one(), one(), text(chance)] for n in range(1, 121)],
        "comments": [
            [n, "Product" if n % 3 else "User", one() if n % 3 == 0 else 1 + n % 30, one(), text(chance)]
            for n in range(1, 91)
        ],
        "sessions": [
            [each.id, each.id, f"{each.id * 15485863:032x}", each.ip, "Mozilla/5.0 (X11; Linux)"] for each in everybody
        ],
        "tickets": [[n, one(), 1 + n % 3, text(chance, 3), text(chance)] for n in range(1, 41)],
        "ticket_replies": [[n, 1 + n % 40, one(), text(chance)] for n in range(1, 81)],
    }  # fmt: skip


MARKET = Application(
    "market",
    MARKET_TABLES,
    _market,
    {
        "users": mine("id"),
        "addresses": mine("user_id"),
        "orders": mine("user_id"),
        "reviews": mine("user_id"),
        "notifications": mine("recipient_id", "actor_id"),
        "follows": mine("follower_id", "followed_id"),
        "messages": mine("sender_id", "recipient_id"),
        "comments": lambda row: (
            row["user_id"] == HER or (row["commentable_type"], row["commentable_id"]) == ("User", HER)
        ),
        "sessions": mine("user_id"),
        "tickets": mine("user_id", "assigned_to_id"),
        "ticket_replies": mine("author_id"),
    },
    kept=frozenset({"orders"}),
)

# --- a PHP forum, with a prefix and without foreign keys ---------------------------------------------------

FORUM_TABLES = {
    "bb_users": "user_id BIG PRIMARY KEY, username VARCHAR(255) NOT NULL UNIQUE, user_password VARCHAR(255) NOT NULL,"
    " user_email VARCHAR(100) NOT NULL, user_ip VARCHAR(40) NOT NULL, user_birthday VARCHAR(10) NOT NULL,"
    " user_sig TEXT NOT NULL, user_lang VARCHAR(30) NOT NULL, user_posts BIG NOT NULL, user_regdate BIG NOT NULL",
    "bb_forums": "forum_id BIG PRIMARY KEY, forum_name VARCHAR(255) NOT NULL, forum_last_poster_id BIG NOT NULL,"
    " forum_last_poster_name VARCHAR(255) NOT NULL",
    "bb_topics": "topic_id BIG PRIMARY KEY, forum_id BIG NOT NULL, topic_title VARCHAR(255) NOT NULL, topic_poster BIG"
    " NOT NULL, topic_first_poster_name VARCHAR(255) NOT NULL",
    "bb_posts": "post_id BIG PRIMARY KEY, topic_id BIG NOT NULL, poster_id BIG NOT NULL, poster_ip VARCHAR(40) NOT NULL,"
    " post_username VARCHAR(255) NOT NULL, post_text TEXT NOT NULL",
    "bb_privmsgs": "msg_id BIG PRIMARY KEY, author_id BIG NOT NULL, author_ip VARCHAR(40) NOT NULL,"
    " message_subject VARCHAR(255) NOT NULL, message_text TEXT NOT NULL",
    "bb_privmsgs_to": "msg_id BIG NOT NULL, user_id BIG NOT NULL, author_id BIG NOT NULL, PRIMARY KEY (msg_id, user_id)",
    "bb_sessions": "session_id VARCHAR(32) PRIMARY KEY, session_user_id BIG NOT NULL, session_ip VARCHAR(40) NOT NULL,"
    " session_browser VARCHAR(150) NOT NULL",
    "bb_user_group": "group_id BIG NOT NULL, user_id BIG NOT NULL, user_pending BIG NOT NULL, PRIMARY KEY (group_id,"
    " user_id)",
    "bb_groups": "group_id BIG PRIMARY KEY, group_name VARCHAR(255) NOT NULL",
    "bb_log": "log_id BIG PRIMARY KEY, user_id BIG NOT NULL, log_ip VARCHAR(40) NOT NULL, log_operation VARCHAR(80) NOT"
    " NULL, log_data TEXT NOT NULL",
    "bb_config": "config_name VARCHAR(255) PRIMARY KEY, config_value VARCHAR(255) NOT NULL",
}


def _forum(chance: Random) -> Rows:
    everybody = people()
    one = lambda: chance.choice(everybody)  # noqa: E731
    topics, posts, letters, to = [], [], [], {}
    for number in range(1, 41):
        who = one()
        topics.append([number, 1 + number % 4, text(chance, 3), who.id, who.login])
    for number in range(1, 161):
        who = one()
        posts.append([number, 1 + number % 40, who.id, who.ip, "", text(chance)])
    for number in range(1, 61):
        who = one()
        letters.append([number, who.id, who.ip, text(chance, 2), text(chance)])
        to[number, one().id] = who.id
    return {
        "bb_users": [
            [each.id, each.login, f"$argon2id${each.id * 611953}", each.email, each.ip, " 1- 2-1980", each.name, "en",
             chance.randrange(9), 1600000000 + each.id] for each in everybody
        ],
        "bb_forums": [[n, text(chance, 2).title(), each.id, each.login] for n, each in enumerate(everybody[10:14], 1)],
        "bb_topics": topics,
        "bb_posts": posts,
        "bb_privmsgs": letters,
        "bb_privmsgs_to": [[*pair, author] for pair, author in to.items()],
        "bb_sessions": [
            [f"{each.id * 982451653:032x}", each.id, each.ip, "Mozilla/5.0 (Windows)"] for each in everybody
        ],
        "bb_user_group": [[1 + each.id % 3, each.id, 0] for each in everybody],
        "bb_groups": [[1, "ADMINISTRATORS"], [2, "MODERATORS"], [3, "REGISTERED"]],
        "bb_log": [[n, (who := one()).id, who.ip, "LOG_EDIT", ""] for n in range(1, 61)],
        "bb_config": [["board_email", "board@example.com"], ["smtp_port", "25"], ["sitename", "Boats"]],
    }  # fmt: skip


FORUM = Application(
    "forum",
    FORUM_TABLES,
    _forum,
    {
        "bb_users": mine("user_id"),
        "bb_topics": mine("topic_poster"),
        "bb_posts": mine("poster_id"),
        "bb_privmsgs": mine("author_id"),
        "bb_privmsgs_to": mine("user_id", "author_id"),
        "bb_sessions": mine("session_user_id"),
        "bb_user_group": mine("user_id"),
        "bb_log": mine("user_id"),
    },
)

# --- key/value tables --------------------------------------------------------------------------------------

PRESS_TABLES = {
    "wp_users": "ID BIG PRIMARY KEY, user_login VARCHAR(60) NOT NULL, user_pass VARCHAR(255) NOT NULL, user_nicename"
    " VARCHAR(50) NOT NULL, user_email VARCHAR(100) NOT NULL, user_url VARCHAR(100) NOT NULL, display_name VARCHAR(250)"
    " NOT NULL, user_status BIG NOT NULL",
    "wp_usermeta": "umeta_id BIG PRIMARY KEY, user_id BIG NOT NULL, meta_key VARCHAR(255), meta_value TEXT",
    "wp_posts": "ID BIG PRIMARY KEY, post_author BIG NOT NULL, post_title TEXT NOT NULL, post_content TEXT NOT NULL,"
    " post_status VARCHAR(20) NOT NULL, post_parent BIG NOT NULL",
    "wp_postmeta": "meta_id BIG PRIMARY KEY, post_id BIG NOT NULL, meta_key VARCHAR(255), meta_value TEXT",
    "wp_comments": "comment_ID BIG PRIMARY KEY, comment_post_ID BIG NOT NULL, comment_author TEXT NOT NULL,"
    " comment_author_email VARCHAR(100) NOT NULL, comment_author_IP VARCHAR(100) NOT NULL, comment_content TEXT NOT"
    " NULL, user_id BIG NOT NULL",
    "wp_options": "option_id BIG PRIMARY KEY, option_name VARCHAR(191) NOT NULL UNIQUE, option_value TEXT NOT NULL",
    "wp_terms": "term_id BIG PRIMARY KEY, name VARCHAR(200) NOT NULL, slug VARCHAR(200) NOT NULL",
}


def _press(chance: Random) -> Rows:
    everybody, meta, comments = people(), [], []
    for each in everybody:
        for key, value in (
            ("nickname", each.login), ("first_name", each.first), ("last_name", each.last), ("billing_email", each.email),
            ("billing_phone", each.phone), ("billing_address_1", each.street), ("wp_capabilities", 'a:1:{s:4:"user";b:1;}'),
        ):  # fmt: skip
            meta.append([len(meta) + 1, each.id, key, value])
    for number in range(1, 101):
        who, guest = chance.choice(everybody), chance.random() < 0.5
        comments.append(
            [number, 1 + number % 50, who.name, who.email, who.ip, text(chance), 0 if guest else who.id]
        )
    return {
        "wp_users": [
            [each.id, each.login, f"$P$B{each.id * 32452843}", each.login, each.email, "", each.name, 0] for each in everybody
        ],
        "wp_usermeta": meta,
        "wp_posts": [
            [n, chance.choice(everybody).id, text(chance, 3), text(chance), "publish", 0] for n in range(1, 51)
        ],
        "wp_postmeta": [[n, 1 + n % 50, "_edit_lock", f"16000{n}:1"] for n in range(1, 81)],
        "wp_comments": comments,
        "wp_options": [[1, "siteurl", "https://example.com"], [2, "admin_email", "office@example.com"], [3, "blogname", "Press"]],
        "wp_terms": [[1, "Harbour", "harbour"], [2, "Meadow", "meadow"]],
    }  # fmt: skip


PRESS = Application(
    "press",
    PRESS_TABLES,
    _press,
    {
        "wp_users": mine("id"),
        "wp_usermeta": mine("user_id"),
        "wp_posts": mine("post_author"),
        "wp_comments": lambda row: row["user_id"] == HER or row["comment_author_email"] == EMAIL,
    },
)

# --- a ticket shop, with addresses that only orders refer to -----------------------------------------------

TICKETS_TABLES = {
    "staff": "id BIG PRIMARY KEY, login VARCHAR(40) NOT NULL UNIQUE, email VARCHAR(120) NOT NULL, password_hash"
    " VARCHAR(120) NOT NULL",
    "customers": "id BIG PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, first_name VARCHAR(60), last_name VARCHAR(60),"
    " phone VARCHAR(40), date_of_birth DATE, account_manager_id BIG, tenant_id BIG NOT NULL,"
    " FOREIGN KEY (account_manager_id) REFERENCES staff(id)",
    "companies": "id BIG PRIMARY KEY, name VARCHAR(120) NOT NULL, contact_email VARCHAR(120), vat_id VARCHAR(20)",
    "events": "id BIG PRIMARY KEY, company_id BIG NOT NULL, created_by BIG NOT NULL, title VARCHAR(120) NOT NULL,"
    " description TEXT, FOREIGN KEY (company_id) REFERENCES companies(id), FOREIGN KEY (created_by) REFERENCES staff(id)",
    "order_addresses": "id BIG PRIMARY KEY, first_name VARCHAR(60), last_name VARCHAR(60), line1 VARCHAR(120),"
    " postcode VARCHAR(20), phone VARCHAR(40)",
    "countries": "code VARCHAR(2) PRIMARY KEY, name VARCHAR(60) NOT NULL",
    "orders": "id BIG PRIMARY KEY, number VARCHAR(20) NOT NULL UNIQUE, customer_id BIG, guest_email VARCHAR(120),"
    " billing_address_id BIG, country_code VARCHAR(2), status VARCHAR(20) NOT NULL, placed_at MOMENT NOT NULL,"
    " FOREIGN KEY (customer_id) REFERENCES customers(id), FOREIGN KEY (billing_address_id) REFERENCES"
    " order_addresses(id), FOREIGN KEY (country_code) REFERENCES countries(code)",
    "order_lines": "id BIG PRIMARY KEY, order_id BIG NOT NULL, event_id BIG NOT NULL, quantity BIG NOT NULL,"
    " FOREIGN KEY (order_id) REFERENCES orders(id), FOREIGN KEY (event_id) REFERENCES events(id)",
    "attendees": "id BIG PRIMARY KEY, order_line_id BIG NOT NULL, attendee_name VARCHAR(120), attendee_email VARCHAR(120),"
    " answers DOC, FOREIGN KEY (order_line_id) REFERENCES order_lines(id)",
    "payments": "id BIG PRIMARY KEY, order_id BIG NOT NULL, payer_email VARCHAR(120), card_last4 VARCHAR(4), info DOC,"
    " FOREIGN KEY (order_id) REFERENCES orders(id)",
    "email_log": "id BIG PRIMARY KEY, to_address VARCHAR(120) NOT NULL, subject VARCHAR(200), body TEXT",
    "login_attempts": "id BIG PRIMARY KEY, email VARCHAR(120) NOT NULL, ip VARCHAR(45), at MOMENT NOT NULL",
    "wishlists": "id BIG PRIMARY KEY, owner_id BIG NOT NULL, title VARCHAR(60), FOREIGN KEY (owner_id) REFERENCES"
    " customers(id)",
    "wishlist_lines": "id BIG PRIMARY KEY, wishlist_id BIG NOT NULL, event_id BIG NOT NULL, FOREIGN KEY (wishlist_id)"
    " REFERENCES wishlists(id), FOREIGN KEY (event_id) REFERENCES events(id)",
    "staff_notes": "id BIG PRIMARY KEY, customer_id BIG NOT NULL, author_id BIG NOT NULL, body TEXT NOT NULL,"
    " FOREIGN KEY (customer_id) REFERENCES customers(id), FOREIGN KEY (author_id) REFERENCES staff(id)",
}


def _tickets(chance: Random) -> Rows:
    day, everybody = days(chance), people()
    orders, lines, attendees, payments, addresses = [], [], [], [], []
    for number in range(1, 121):
        who, guest = everybody[number % len(everybody)], number % 3 == 0
        addresses.append([number, who.first, who.last, who.street, f"{10000 + who.id}", who.phone])
        orders.append(
            [
                number,
                f"T{number:05}",
                None if guest else who.id,
                who.email if guest else None,
                number,
                "DE",
                "paid",
                next(day),
            ]
        )
        lines.append([number, number, 1 + number % 8, 1])
        attendees.append(
            [number, number, who.name, who.email, json.dumps({"meal": "vegan", "phone": who.phone})]
        )
        payments.append(
            [number, number, who.email, "4242", json.dumps({"payer": {"name": who.name}, "fee": number})]
        )
    return {
        "staff": [[n, f"staff{n}", f"staff{n}@example.com", f"$2b${n * 7919}"] for n in range(1, 6)],
        "customers": [
            [each.id, each.email, each.first, each.last, each.phone, "1980-01-02", 1 + each.id % 5, 1] for each in everybody
        ],
        "companies": [[n, text(chance, 2).title(), f"office{n}@example.com", f"DE{n:09}"] for n in range(1, 5)],
        "events": [[n, 1 + n % 4, 1 + n % 5, text(chance, 2).title(), text(chance)] for n in range(1, 9)],
        "order_addresses": addresses,
        "countries": [["DE", "Germany"], ["FR", "France"]],
        "orders": orders,
        "order_lines": lines,
        "attendees": attendees,
        "payments": payments,
        "email_log": [[n, everybody[n % 40].email, f"Order {n}", f"Dear {everybody[n % 40].name}"] for n in range(1, 81)],
        "login_attempts": [[n, everybody[n % 40].email, everybody[n % 40].ip, next(day)] for n in range(1, 81)],
        "wishlists": [[each.id, each.id, text(chance, 1)] for each in everybody],
        "wishlist_lines": [[n, 1 + n % 40, 1 + n % 8] for n in range(1, 61)],
        "staff_notes": [[n, 1 + n % 40, 1 + n % 5, f"{everybody[n % 40].name} called"] for n in range(1, 61)],
    }  # fmt: skip


def _ordered(row: Mapping[str, Any]) -> bool:
    return bool(row["customer_id"] == HER or row["guest_email"] == EMAIL)


def _numbered(name: str) -> Any:
    """Rows of the orders of hers: each order has the number of its line, its attendee, payment and address."""
    return lambda row: row[name] % PEOPLE == HER - 1


TICKETS = Application(
    "tickets",
    TICKETS_TABLES,
    _tickets,
    {
        "customers": mine("id"),
        "orders": _ordered,
        "order_addresses": _numbered("id"),
        "order_lines": _numbered("id"),
        "attendees": _numbered("id"),
        "payments": _numbered("id"),
        "email_log": mine("to_address", value=EMAIL),
        "login_attempts": mine("email", value=EMAIL),
        "wishlists": mine("owner_id"),
        "wishlist_lines": mine("wishlist_id"),
        "staff_notes": mine("customer_id"),
    },
    kept=frozenset({"orders", "order_addresses", "payments", "attendees"}),
)

APPLICATIONS = {each.name: each for each in (BLOG, MARKET, FORUM, PRESS, TICKETS)}
