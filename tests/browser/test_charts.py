"""Charts are drawn on demand, from our own origin, under the same strict policy as every page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, render_template_string
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from sqlalchemy import Engine

from app import create_app
from app.config import Config, Face
from app.guards import Audience, audience
from tests.browser.conftest import DESK

pytestmark = pytest.mark.browser

PAGE = """{% extends "staff.html" %}{% set heading = "Themes" %}
{% from "components/chart.html" import chart_slot, chart_script with context %}
{% from "components/table.html" import summary_table %}
{% block main %}<h1 class="govuk-heading-l">Themes</h1>
{% call chart_slot("bars", "Answers by theme", figure=bars) %}
{{ summary_table("Answers by theme", [{"key": "a", "label": "Theme"}], [{"a": "Waiting"}]) }}
{% endcall %}
{% call chart_slot("heat", "Need by barrier", figure_url="/figure.json") %}<p>Table</p>{% endcall %}
{% endblock %}{% block scripts %}{{ chart_script() }}{% endblock %}"""
BARS = {
    "data": [
        {
            "type": "bar",
            "orientation": "h",
            "x": [40, 22],
            "y": ["Waiting", "Updates"],
            "error_x": {"array": [4, 3]},
        }
    ],
    "layout": {"title": {"text": "Answers <b>by</b> theme"}, "margin": {"l": 120}},
}
HEAT = {"data": [{"type": "heatmap", "z": [[1, 2], [3, 4]]}], "layout": {}}


@pytest.fixture
def chart_site(
    make_config: Callable[..., Config], engine: Engine, serve: Callable[[Any], str]
) -> str:
    app: Flask = create_app(make_config(face=Face.STAFF), engine)
    everyone = audience(Audience.SIGNED_OUT)
    page = everyone(lambda: render_template_string(PAGE, bars=BARS))
    app.add_url_rule("/charts", "charts", page)
    app.add_url_rule("/figure.json", "figure_json", everyone(lambda: HEAT))
    return serve(app)


@pytest.fixture
def page(chromium: Browser, chart_site: str) -> Page:
    context = chromium.new_context(base_url=chart_site, viewport=DESK)
    return context.new_page()


def test_charts_are_drawn_when_asked_for_without_a_word_from_the_policy(
    page: Page, chart_site: str
):
    said: list[str] = []
    asked: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            said.append(message.text)

    page.on("console", listen)
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/charts", wait_until="networkidle")
    assert not [url for url in asked if "plotly" in url]
    for name in ("bars", "heat"):
        page.locator(f"section:has(#chart-{name})").get_by_role("button").click()
        expect(page.locator(f"#chart-{name} .main-svg").first).to_be_visible(timeout=20_000)
    assert said == []
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(chart_site).netloc}
    size = page.locator("#chart-bars .main-svg").first.bounding_box()
    assert size
    assert size["height"] > 200
    page.context.close()


def test_without_script_the_table_is_there_and_no_button_that_would_do_nothing(
    chromium: Browser, chart_site: str
):
    context = chromium.new_context(base_url=chart_site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/charts")
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_role("button", name="Show chart")).to_have_count(0)
    context.close()


def test_a_chart_that_cannot_be_fetched_says_where_the_figures_are(page: Page):
    page.goto("/charts")
    page.route("**/figure.json", lambda route: route.fulfill(status=500, body="{}"))
    slot = page.locator("section:has(#chart-heat)")
    slot.get_by_role("button").click()
    expect(slot.get_by_role("status")).to_contain_text("The table above has every figure")
    expect(slot.get_by_role("button")).to_be_enabled()
    page.context.close()
