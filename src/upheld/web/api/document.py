"""The API as an OpenAPI 3.1 document, made from the forms: `python -m tools.openapi` writes it into spec/."""

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from upheld.web.api.form import StatusForm, SubmitForm, Submitted
from upheld.web.api.requests import KEY
from upheld.web.problem import CODES, MEDIA, REFUSED, TYPE

AT = "#/components/schemas/{model}"
SUBMITTING = (
    "token",
    "not-allowed",
    "method",
    "conflict",
    "too-large",
    "media-type",
    "body",
    "key",
    "nothing-taken",
)
READING = ("token", "not-allowed", "unknown", "method")
ALWAYS = ("rate", "broken", "folder", "away")


def text() -> str:
    """The document as it is published."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def document() -> dict[str, Any]:
    """All of it."""
    taken: list[tuple[type[BaseModel], Any]] = [
        (SubmitForm, "validation"),
        (Submitted, "serialization"),
        (StatusForm, "serialization"),
    ]
    _, schemas = models_json_schema(taken, ref_template=AT, by_alias=True)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Upheld: requests of people, sent in by programs",
            "version": "1",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Every answer that is no success is a problem (RFC 9457).",
        },
        "security": [{"token": []}],
        "paths": {
            "/api/v1/requests": {"post": _submitting()},
            "/api/v1/requests/{number}": {"get": _reading()},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {**schemas["$defs"], "Problem": _problem()},
        },
    }


def _submitting() -> dict[str, Any]:
    return {
        "operationId": "submit",
        "summary": "Send one or many requests in, each for one person.",
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "Your own mark of this call: the same call repeated with it creates nothing.",
                "schema": {"type": "string", "minLength": 1, "maxLength": KEY},
            }
        ],
        "requestBody": {"required": True, "content": _json("SubmitForm")},
        "responses": {
            "201": {
                "description": "At least one was taken; `results` says what became of each.",
                "headers": {
                    "Idempotency-Replayed": {
                        "description": "`true` where this call was made before, and created nothing.",
                        "schema": {"const": "true"},
                    }
                },
                "content": _json("Submitted"),
            },
            **_problems(*SUBMITTING, *ALWAYS),
        },
    }


def _reading() -> dict[str, Any]:
    return {
        "operationId": "status",
        "summary": "Where one request stands.",
        "parameters": [
            {
                "name": "number",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "format": "uuid"},
            }
        ],
        "responses": {
            "200": {"description": "Where it stands.", "content": _json("StatusForm")},
            **_problems(*READING, *ALWAYS),
        },
    }


def _json(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": AT.format(model=model)}}}


def _problems(*codes: str) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(CODES[code][0], []).append(code)
    return {
        str(status): {
            "description": "; ".join(f"`{each}`: {CODES[each][1]}" for each in those),
            "content": {MEDIA: {"schema": {"$ref": AT.format(model="Problem")}}},
        }
        for status, those in sorted(by_status.items())
    }


def _problem() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"enum": [TYPE + each for each in (*CODES, *REFUSED)]},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What happened and what to do."},
            "errors": {
                "type": "array",
                "description": "With `body`: where in it, and what is wrong there.",
                "items": {
                    "type": "object",
                    "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                },
            },
            "results": {"type": "array", "description": "With `nothing-taken`: why, one by one."},
        },
    }
