"""A pack is right in everything or not used: every problem is named at once."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.packs import PACKS
from app.services.packs_check import check_pack, contrast

TODAY = date(2026, 11, 18)


def document(key: str = "durham") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PACKS / f"{key}.json").read_text(encoding="utf-8"))
    return found


def problems(change: Callable[[dict[str, Any]], Any]) -> list[str]:
    content = document()
    change(content)
    return check_pack(json.dumps(content).encode(), today=TODAY)[1]


@pytest.mark.parametrize("key", ["thames-valley", "durham"])
def test_the_shipped_packs_have_no_problem(key: str) -> None:
    pack, found = check_pack((PACKS / f"{key}.json").read_bytes(), today=TODAY)
    assert pack is not None
    assert found == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["areas"].append(d["areas"][0]), "areas: the code E06000047 stands there 2"),
        (lambda d: d["areas"][0].update(parent="E10"), "E06000047 lies in E10, which is not"),
        (lambda d: d.update(counties=[{"code": "E1", "name": "X"}]), "counties: E1 has no area"),
        (lambda d: d["services"][1].update(lead="nobody"), "partners has the lead nobody"),
        (lambda d: d["services"][0].update(lead="partners"), "which has a lead itself"),
        (lambda d: d["lines"][0].update(urgent=False), "mark the emergency line"),
        (lambda d: d["lines"][0].update(number="ask"), "Emergency has no number"),
        (lambda d: d["lines"][0].update(checked_on="2026-11-19"), "a day that has not come yet"),
        (lambda d: d["lines"][0].update(checked_on="2025-11-17"), "checked over a year ago"),
        (lambda d: d["staffed_hours"].update(opens="17:00"), "closes has to be later"),
        (lambda d: d["staffed_hours"].update(days=[9]), "numbers from 0 (Monday)"),
        (lambda d: d["staffed_hours"].update(bank_holidays=[]), "name the coming bank holidays"),
        (lambda d: d["staffed_hours"].update(bank_holidays=["2026-12-25"]), "next three months"),
        (lambda d: d.update(exit_url="http://x.example"), "exit_url: give an address"),
        (lambda d: d.update(contact_email="nobody"), "contact_email: give an e-mail"),
        (lambda d: d.update(return_address="Freepost VOICES"), "return_address: end it with"),
        (lambda d: d.update(return_address="A" * 300 + " OX1 1AA"), "at most 300 letters"),
        (lambda d: d["brand"].update(main="#eeeeee"), "brand: main has a contrast of 1.2"),
        (lambda d: d.update(public_name="Victim voices"), "public_name: Leave out “victim”"),
        (lambda d: d.update(roles={"sheriff": "Sheriff"}), "there is no role sheriff"),
        (
            lambda d: d.update(thresholds={"hide_below": 9}),
            "thresholds hide_below: write 10",
        ),
        (lambda d: d.update(thresholds={"percent_from": 29}), "thresholds percent_from"),
        (lambda d: d.update(thresholds={"normal_from": 49}), "thresholds normal_from"),
        (lambda d: d.update(sheriff="x"), "sheriff: Heard knows no such part"),
        (lambda d: d.pop("areas"), "areas: it is missing"),
    ],
)
def test_each_mistake_is_named(change: Callable[[dict[str, Any]], Any], said: str) -> None:
    assert any(said in words for words in problems(change))


def test_every_mistake_is_named_at_once() -> None:
    def spoil(content: dict[str, Any]) -> None:
        content["brand"]["main"] = "#ffffff"
        content["contact_email"] = "nobody"
        content["lines"][1]["checked_on"] = "2020-01-01"

    assert len(problems(spoil)) == 3


def test_a_part_that_cannot_be_read_hides_no_mistake_in_the_others() -> None:
    def spoil(content: dict[str, Any]) -> None:
        content["thresholds"] = {"hide_below": 3}
        content["lines"][1]["checked_on"] = "yesterday"
        content["lines"][2]["checked_on"] = "2020-01-01"
        content["services"][1]["lead"] = "nobody"
        content["brand"]["main"] = "#ffff00"
        content["areas"].append(content["areas"][0])
        del content["panel_name"]

    found = "\n".join(problems(spoil))
    for said in (
        "hide_below: write 10", "lines 2 checked_on: write the day like", "checked over a year ago",
        "has the lead nobody", "brand: main", "E06000047 stands there 2", "panel_name: it is miss",
    ):  # fmt: skip
        assert said in found
    assert found.count("\n") == 6


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff\xfe{", b"{", b"[" * 100_000, b"{}" * 300_000])
def test_what_is_no_pack_is_refused_in_words(data: bytes) -> None:
    pack, found = check_pack(data, today=TODAY)
    assert pack is None
    assert len(found) == 1


def test_a_name_given_twice_in_the_file_is_not_quietly_dropped() -> None:
    twice = json.dumps(document())[:-1] + ', "key": "other"}'
    _pack, found = check_pack(twice.encode(), today=TODAY)
    assert found == ["key: stands in the same part twice. Keep one."]


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
