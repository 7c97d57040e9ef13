"""Who is erased from the wiki, and which columns hold keys: MediaWiki declares no foreign key at all."""

from collections.abc import Mapping

from sqlalchemy import Engine, text

from tests.apps import scan

_SCHEMA = "mediawiki"
USERS = (f"{_SCHEMA}.user", "user_id")
KINDS = (
    ("the busiest, who keeps order", "HSandgren"),
    ("taken for her", "HSandgreen"),
    ("taken for her", "AHSandgren"),
    ("taken for her", "HSandgren-Moe"),
    ("keeps order", "AgnesBergum"),
    *(("one of many", f"{name}Bergum") for name in ("Elna", "Ingrid", "Kerstin", "Olea", "Ragna", "Torun")),
    ("was blocked", "FolkeDalene"),
)
_KEYS = {
    "user": "user_id",
    "actor": "actor_id",
    "page": "page_id",
    "revision": "rev_id",
    "comment": "comment_id",
    "content": "content_id",
    "logging": "log_id",
    "ipblocks": "ipb_id",
}
# As the manual of the wiki's tables says. What was deleted and what is noted may mean pages that are no longer there.
_REFERS = {
    "actor": {"actor_user": "user"},
    "archive": {"ar_actor": "actor", "ar_comment_id": "comment", "ar_page_id": "page"},
    "bot_passwords": {"bp_user": "user"},
    "image": {"img_actor": "actor", "img_description_id": "comment"},
    "ipblocks": {
        "ipb_user": "user",
        "ipb_by_actor": "actor",
        "ipb_reason_id": "comment",
        "ipb_parent_block_id": "ipblocks",
    },
    "logging": {"log_actor": "actor", "log_comment_id": "comment", "log_page": "page"},
    "log_search": {"ls_log_id": "logging"},
    "externallinks": {"el_from": "page"},
    "page": {"page_latest": "revision"},
    "pagelinks": {"pl_from": "page"},
    "page_restrictions": {"pr_page": "page"},
    "recentchanges": {
        "rc_actor": "actor",
        "rc_comment_id": "comment",
        "rc_cur_id": "page",
        "rc_this_oldid": "revision",
        "rc_logid": "logging",
    },
    "revision": {
        "rev_actor": "actor",
        "rev_page": "page",
        "rev_comment_id": "comment",
        "rev_parent_id": "revision",
    },
    "revision_comment_temp": {"revcomment_rev": "revision", "revcomment_comment_id": "comment"},
    "slots": {"slot_revision_id": "revision", "slot_content_id": "content"},
    "user_former_groups": {"ufg_user": "user"},
    "user_groups": {"ug_user": "user"},
    "user_newtalk": {"user_id": "user"},
    "user_properties": {"up_user": "user"},
    "watchlist": {"wl_user": "user"},
}


def refers() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    return {
        f"{_SCHEMA}.{table}": {column: (f"{_SCHEMA}.{to}", _KEYS[to]) for column, to in columns.items()}
        for table, columns in _REFERS.items()
    }


def needles(engine: Engine, login: str) -> tuple[str, scan.Needles]:
    """The address by which somebody asks, and what he is recognised by."""
    with engine.connect() as connection:
        key, name, address = connection.execute(
            text(
                f'SELECT user_id, user_real_name, user_email FROM {_SCHEMA}."user" WHERE user_name = :login'
            ),
            {"login": login},
        ).one()
    first, _, last = name.partition(" ")
    return address, scan.Needles((address, login, name), ((first, last),), {USERS: frozenset({str(key)})})
