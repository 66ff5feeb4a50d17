"""The JSON Schema of the questionnaire document, published as docs/questionnaire.schema.json."""

from __future__ import annotations

import json
from typing import Any

from surveys.model import Survey

SCHEMA_ID = "https://heard.example/questionnaire.schema.json"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) that `load` reads by."""
    schema = Survey.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **schema,
        "title": "Heard questionnaire",
    }


def schema_text() -> str:
    """Return the schema as the text of the published file."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"
