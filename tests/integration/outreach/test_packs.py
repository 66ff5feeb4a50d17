"""Another area pack changes names, areas, services and roles everywhere; half of one, nothing."""

import html
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app, installed
from app.clock import london_today
from app.config import Face
from app.guards import Role
from app.models import AuditEvent, Setting
from app.packs import PACKS, load_pack
from app.services import packs
from app.services.questionnaires import for_pack
from app.services.releasing import groups_of
from tests.builders import a_collector, a_survey, an_actor
from tests.client import LookingClient

DURHAM = (PACKS / "durham.json").read_bytes()


def upload(client: LookingClient, data: bytes) -> Any:
    files = {"file": (io.BytesIO(data), "pack.json")}
    return client.post("/area-pack/", data=files, content_type="multipart/form-data")


def test_an_administrator_loads_durham_in_the_browser_and_every_staff_page_says_so(
    sign_in: Callable[..., LookingClient],
) -> None:
    client = sign_in(Role.ADMINISTRATOR, Role.CASEWORKER)
    assert "Thames Valley" in client.get("/area-pack/").text

    assert upload(client, DURHAM).status_code == 302

    page = client.get("/area-pack/").text
    for words in ("County Durham", "Darlington", "VCAS", "victim care officer", "OPCC Durham"):
        assert words in page
    assert "Thames Valley" not in page
    assert "Victim care officer" in client.get("/").text
    invite = client.get("/people/invite").text
    assert "Victim Care and Advice Service (VCAS)" in invite
    assert "Hope After Harm" not in invite


def test_a_wrong_pack_changes_nothing_and_every_problem_is_listed(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    wrong = json.loads(DURHAM)
    wrong["contact_email"], wrong["exit_url"] = "nobody", "http://x.example"

    page = upload(client, json.dumps(wrong).encode()).text

    assert "contact_email: give an e-mail" in page
    assert "exit_url: give an address" in page
    assert "Thames Valley" in page
    assert session.scalars(select(Setting).where(Setting.key == "area_pack")).all() == []
    assert session.scalars(select(AuditEvent).where(AuditEvent.act == "pack.load")).all() == []


@pytest.mark.parametrize("role", [Role.OUTREACH, Role.COMMISSIONER])
def test_only_an_administrator_sees_and_loads_a_pack(
    sign_in: Callable[..., LookingClient], role: Role
) -> None:
    client = sign_in(role)
    assert client.get("/area-pack/").status_code == 403
    assert upload(client, DURHAM).status_code == 403


def test_the_other_face_takes_the_pack_up_within_seconds_and_a_new_process_at_once(
    public_app: Flask,
    public: LookingClient,
    session: Session,
    now: Any,
    make_config: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    survey = a_survey(session, "checkin_adult")
    token = a_collector(session, survey).token
    content = json.loads(DURHAM)
    content["public_name"] = "Your say"
    content["lines"].append(
        {"name": "A line of Durham", "number": "01 23", "hours": "x", "checked_on": "2026-11-01"}
    )
    assert "A line of Durham" not in public.get(f"/s/{token}").text

    by = an_actor(session, Role.ADMINISTRATOR)
    data = json.dumps(content).encode()
    packs.install(session, data, present=load_pack("thames-valley"), by=by, now=now)

    assert "A line of Durham" not in public.get(f"/s/{token}").text  # not every request looks
    monkeypatch.setitem(public_app.extensions, installed.LOOKED, -1e9)
    page = public.get(f"/s/{token}").text
    assert "A line of Durham" in page
    assert "Your say" in page
    fresh = create_app(make_config(face=Face.STAFF), public_app.extensions["engine"])
    assert fresh.config["PACK"].key == "durham"


def test_the_command_loads_a_pack_and_a_wrong_one_is_told_line_by_line(
    staff_app: Flask, session: Session, tmp_path: Any
) -> None:
    runner = staff_app.test_cli_runner()
    wrong = tmp_path / "wrong.json"
    wrong.write_bytes(DURHAM.replace(b'"main": "#4a2545"', b'"main": "#ffffff"'))

    with staff_app.app_context():
        refused = runner.invoke(args=["load-pack", str(wrong)])
        taken_before = packs.find_installed(session)
        taken = runner.invoke(args=["load-pack", str(PACKS / "durham.json")])
    assert refused.exit_code == 1
    assert "- brand: main has a contrast of 1.0" in refused.output
    assert taken_before is None
    assert taken.exit_code == 0, taken.output
    session.expire_all()
    found = packs.find_installed(session)
    assert found is not None
    assert found.pack.model_copy(update={"former": {}}) == load_pack("durham")


def test_a_code_of_the_pack_before_keeps_its_name_and_a_taken_one_has_the_new(
    session: Session, now: Any
) -> None:
    before = load_pack("thames-valley")
    document = json.loads(DURHAM)
    document["services"].append({"code": "hub", "name": "Durham Hub"})
    by = an_actor(session, Role.ADMINISTRATOR)
    data = json.dumps(document).encode()
    loaded = packs.install(session, data, present=before, by=by, now=now)
    again = packs.install(session, DURHAM, present=loaded, by=by, now=now)

    assert loaded.area_name("E10000025") == "Oxfordshire"
    assert loaded.service_name("sv") == "Hope After Harm sexual violence service"
    assert loaded.service_name("hub") == "Durham Hub"
    assert "Oxfordshire" not in [area.name for area in loaded.areas]
    assert again.service_name("hub") == "Durham Hub"
    assert again.area_name("E06000060") == "Buckinghamshire"


def test_an_open_survey_published_with_other_names_is_listed_until_it_is_published_anew(
    session: Session, sign_in: Callable[..., LookingClient]
) -> None:
    pack = load_pack("thames-valley")
    survey = a_survey(session, document=for_pack("victims_survey", pack))
    assert packs.list_behind(session, pack) == []
    assert packs.list_behind(session, load_pack("durham")) == [survey.name]
    client = sign_in(Role.ADMINISTRATOR)
    assert "Published before this pack" not in client.get("/area-pack/").text
    upload(client, DURHAM)
    assert "Published before this pack" in client.get("/area-pack/").text


def test_the_pack_in_force_can_be_downloaded_changed_and_loaded_again(
    sign_in: Callable[..., LookingClient],
) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    mine = json.loads(client.get("/area-pack/present.json").data)
    mine["panel_name"] = "Another panel"

    assert upload(client, json.dumps(mine).encode()).status_code == 302
    assert "Another panel" in client.get("/area-pack/").text


def test_districts_add_up_to_the_county_and_the_county_is_no_answer() -> None:
    pack = load_pack("thames-valley")
    groups = groups_of(pack)["area"]
    assert sorted(groups) == ["E10000025"]
    assert len(groups["E10000025"]) == 5
    assert pack.area_name("E10000025") == "Oxfordshire"
    assert "E10000025" not in {area.code for area in pack.areas}


def sent_by(page: str) -> dict[str, str]:
    """Return what the form of a page would send as it stands."""
    boxes = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall("<input[^>]*>", page)]
    marked = [tag for tag in re.findall("<input[^>]*>", page) if " checked" in tag]
    ticked = [dict(re.findall(r'(\w+)="([^"]*)"', tag))["name"] for tag in marked]
    typed = {b["name"]: html.unescape(b["value"]) for b in boxes if b.get("type") != "checkbox"}
    return typed | dict.fromkeys(ticked, "on")


def test_names_colours_hours_and_lines_are_changed_without_a_file(
    sign_in: Callable[..., LookingClient],
) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    assert "Invite your colleagues" in client.get("/").text
    present = sent_by(client.get("/area-pack/change").text)
    assert client.post("/area-pack/change", data=present).status_code == 302
    before = client.get("/area-pack/present.json").json
    new = {"name_8": "Local “24-hour” line", "number_8": "0800 111 222", "hours_8": "24 hours",
           "checked_on_8": f"{london_today()}", "closes": "18:30", "body_short": "OPCC <b>TV</b>",
           "colour_main": "#003344"}  # fmt: skip
    assert client.post("/area-pack/change", data=present | new).status_code == 302
    after = client.get("/area-pack/present.json").json
    assert [line["name"] for line in after["lines"]][-1] == "Local “24-hour” line"
    assert len(after["lines"]) == len(before["lines"]) + 1
    assert (after["staffed_hours"]["closes"], after["brand"]["main"]) == ("18:30:00", "#003344")
    assert after["staffed_hours"]["bank_holidays"] == before["staffed_hours"]["bank_holidays"]
    assert "OPCC &lt;b&gt;TV&lt;/b&gt;" in client.get("/").text
    page = client.post(
        "/area-pack/change", data=present | {"colour_main": "#eeeeee", "opens": "x"}
    ).text
    assert "Nothing was changed" in page
    assert client.get("/area-pack/present.json").json == after
    pale = client.post("/area-pack/change", data=present | {"colour_main": "#eeeeee"}).text
    assert "4.5" in pale
    assert sign_in(Role.DESIGNER).get("/area-pack/change").status_code == 403
    assert "Invite your colleagues" not in client.get("/").text
