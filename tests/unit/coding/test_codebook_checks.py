"""Pages and the coder find the same problems in a codebook's document."""

import pytest
import yaml

from app.services.codebook_checks import CodebookProblemsError, check, read_yaml, write_yaml
from nlp import codebook as nlp_codebook

GOOD = {"families": {"a": {"label": "A", "themes": {"t": {"label": "T", "definition": "D."}}}}}


@pytest.mark.parametrize(
    "document",
    [
        GOOD,
        [],
        {},
        {"families": []},
        {"families": {"a b": {"themes": {}}}},
        {"families": {"a": "text", "b": {"label": "B"}}},
        {"families": {"a": {"label": "A", "themes": {"t": None, 7: {"label": 1}}}}},
        {"families": {"a": {"label": ["x"], "themes": {"t": {"label": "", "definition": {}}}}}},
        {
            "families": {
                "a": {
                    "label": "A",
                    "themes": {
                        "t": {"label": "T", "definition": "D", "seeds": "no", "include": [1, ""]}
                    },
                },
                "b": {"label": "B", "themes": {"t": {"label": "T", "definition": "D"}}},
            },
            "gaps": {"needs": "x"},
        },
        GOOD | {"gaps": []},
    ],
)
def test_the_same_problems_as_the_coder_finds(document) -> None:
    try:
        nlp_codebook.parse(document)
        expected = []
    except nlp_codebook.CodebookError as error:
        expected = list(error.problems)
    assert sorted(check(document)) == sorted(expected)


def test_a_document_survives_being_written_and_read() -> None:
    document = read_yaml(nlp_codebook.DEFAULT.read_text(encoding="utf-8"))
    assert read_yaml(write_yaml(document)) == document
    assert list(document["families"]) == list(yaml.safe_load(write_yaml(document))["families"])


def test_what_is_no_yaml_says_where() -> None:
    with pytest.raises(CodebookProblemsError) as caught:
        read_yaml("families:\n  a: [\n")
    assert caught.value.problems == ["the file is not YAML, line 3"]
    with pytest.raises(CodebookProblemsError):
        read_yaml("x" * 500_000)
    with pytest.raises(CodebookProblemsError):
        read_yaml("&a [*a]")
