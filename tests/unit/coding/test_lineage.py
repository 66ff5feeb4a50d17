"""Themes over versions: where a decision goes along, and where only a person can say."""

import pytest

from app.services.codebook_edits import (
    NothingLeftError,
    UnknownThemeError,
    Wording,
    add_family,
    add_theme,
    edit_theme,
    make_id,
    merge,
    rename_family,
    retire,
    split,
    theme_ids,
)
from app.services.codebooks import book_of
from app.services.lineage import describe, incomparable, trace

DOCUMENT = {
    "version": 1,
    "families": {
        "access": {
            "label": "Access",
            "themes": {
                "waiting": {"label": "Waiting", "definition": "Time.", "seeds": ["on the list"]},
                "digital": {"label": "Online", "definition": "Websites.", "weight": 3},
            },
        },
        "police": {"label": "Police", "themes": {"rude": {"label": "Rude", "definition": "R."}}},
    },
}
USED = {"waiting", "digital", "rude"}
BOTH = Wording("Getting help", "Both.")


def after(edited):
    book = book_of(edited.document)
    return book, trace(book_of(DOCUMENT).themes, book.themes, [edited.step] if edited.step else [])


def test_merged_themes_go_along_and_the_old_ids_end() -> None:
    edited = merge(DOCUMENT, ["waiting", "rude"], BOTH, USED)
    book, found = after(edited)
    assert theme_ids(edited.document) == ["digital", "getting_help"]
    assert found.carry(["waiting", "rude", "digital"]) == ("getting_help", "digital")
    assert found.asked_anew == frozenset()
    assert describe(book_of(DOCUMENT), book, [edited.step]) == [
        "Merged “Waiting” and “Rude” into “Getting help”."
    ]
    assert incomparable(book_of(DOCUMENT), book, [edited.step]) == [
        "“Waiting” is counted up to the old version only.",
        "“Rude” is counted up to the old version only.",
        "“Getting help” is counted from the new one on.",
    ]


def test_only_a_person_can_say_which_part_of_a_split_theme_is_meant() -> None:
    parts = [Wording("Waiting", "Calls."), Wording("Rooms", "Rooms.")]
    edited = split(DOCUMENT, "waiting", parts, USED)
    _, found = after(edited)
    assert theme_ids(edited.document) == ["digital", "waiting_2", "rooms", "rude"]
    assert found.carry(["waiting"]) is None
    assert found.carry(["digital"]) == ("digital",)
    assert found.asked_anew == {"waiting_2", "rooms"}


def test_a_retired_theme_is_let_go_and_a_new_one_was_never_asked_about() -> None:
    edited = retire(DOCUMENT, "rude")
    assert "police" not in edited.document["families"]
    _, found = after(edited)
    assert found.carry(["rude", "digital"]) == ("digital",)
    added = add_theme(DOCUMENT, "police", Wording("Stop", "S."), USED)
    _, found = after(added)
    assert found.carry(["rude"]) == ("rude",)
    assert found.asked_anew == {"stop"}


def test_what_is_merged_with_something_new_is_asked_anew() -> None:
    added = add_theme(DOCUMENT, "access", Wording("Forms", "F."), USED)
    merged = merge(added.document, ["forms", "digital"], BOTH, {*USED, "forms"})
    found = trace(USED, theme_ids(merged.document), [added.step, merged.step])
    assert found.to["digital"] == ("getting_help",)
    assert found.asked_anew == {"getting_help"}


def test_a_split_that_is_merged_again_goes_along() -> None:
    parts = [Wording("Calls", "C."), Wording("Rooms", "R.")]
    halves = split(DOCUMENT, "waiting", parts, USED)
    whole = merge(halves.document, ["calls", "rooms"], BOTH, {*USED, "calls", "rooms"})
    found = trace(USED, theme_ids(whole.document), [halves.step, whole.step])
    assert found.carry(["waiting"]) == ("getting_help",)


def test_a_new_wording_keeps_the_id_and_what_else_a_file_said() -> None:
    words = Wording("On the web", "Websites, forms.", seeds=("the form crashed",))
    edited = edit_theme(DOCUMENT, "digital", "police", words)
    assert edited.step is None
    assert edited.document["families"]["police"]["themes"]["digital"]["weight"] == 3
    assert describe(book_of(DOCUMENT), book_of(edited.document), []) == [
        "Renamed “Online” to “On the web”.",
        "“On the web”: changed definition and seed phrases.",
        "“On the web” moved to the family “Police”.",
    ]
    assert DOCUMENT["families"]["access"]["themes"]["digital"]["label"] == "Online"


def test_ids_are_made_from_labels_and_never_used_twice() -> None:
    assert make_id("Victims’ Code & rights", ()) == "victims_code_rights"
    assert make_id("Waiting", {"waiting", "waiting_2"}) == "waiting_3"
    assert make_id("警察", ()) == "theme"


def test_families_are_added_and_renamed() -> None:
    edited = add_family(DOCUMENT, "Courts", Wording("Judge", "J."), USED)
    assert edited.document["families"]["courts"]["themes"] == {
        "judge": {"label": "Judge", "definition": "J."}
    }
    renamed = rename_family(DOCUMENT, "police", "The police")
    assert renamed.document["families"]["police"]["label"] == "The police"


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownThemeError):
        retire(DOCUMENT, "gone")
    with pytest.raises(UnknownThemeError):
        edit_theme(DOCUMENT, "rude", "gone", BOTH)
    alone = {"families": {"police": DOCUMENT["families"]["police"]}}
    with pytest.raises(NothingLeftError):
        retire(alone, "rude")
