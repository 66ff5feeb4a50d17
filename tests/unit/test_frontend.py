"""What every page is wrapped in: headers, styles, strict templates, weight."""

import gzip
import re

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError
from werkzeug.test import TestResponse

from app import frontend
from app.config import Config, Face
from app.models import KeyRing
from app.packs import load_pack

PUBLIC = """{% extends "public.html" %}
{% block main %}<h1 tabindex="-1">One question</h1>{% endblock %}"""
STAFF = """{% extends "staff.html" %}{% set heading = "Themes" %}
{% block main %}<h1>Themes</h1>{% endblock %}"""
TELLING_WORDS = re.compile(r"crime|police|victim|abuse|court|assault|safeguard", re.IGNORECASE)


def make_app(face: Face, *, production: bool = False) -> Flask:
    app = Flask("app", static_folder=None)
    app.config.update(
        HEARD=Config(
            secret_key="unit",
            keys=KeyRing({"k": bytes(32)}, "k"),
            face=face,
            production=production,
            testing=True,
        ),
        PACK=load_pack("thames-valley"),
        SECRET_KEY="unit",
        TESTING=True,
    )
    frontend.init_frontend(app)
    page = PUBLIC if face is Face.PUBLIC else STAFF
    app.add_url_rule("/", "page", lambda: render_template_string(page))
    return app


def fetch(app: Flask, path: str = "/", **headers: str) -> TestResponse:
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    return app.test_client().get(path, headers=named, buffered=True)


def test_r3_the_headers_of_a_page_are_exactly_these():
    assert frontend.security_headers("abc", secure=True) == {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'nonce-abc'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    }


def test_without_tls_browsers_are_not_told_to_insist_on_it():
    assert "Strict-Transport-Security" not in frontend.security_headers("abc", secure=False)


def test_every_script_of_a_page_carries_the_nonce_of_its_header():
    reply = fetch(make_app(Face.PUBLIC))
    allowed = re.search(r"'nonce-([^']+)'", reply.headers["Content-Security-Policy"])
    assert allowed
    assert set(re.findall(r'<script nonce="([^"]+)"', reply.text)) == {allowed[1]}
    assert reply.text.count("<script") == 1


def test_no_two_pages_share_a_nonce():
    app = make_app(Face.PUBLIC)
    policies = {fetch(app).headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_t3_r6_nothing_a_bystander_sees_of_a_public_page_tells_what_it_is_about():
    head, _, _ = fetch(make_app(Face.PUBLIC)).text.partition("<body>")
    assert not TELLING_WORDS.search(head)


def test_the_way_out_works_without_script_and_knows_where_to_go_with_it():
    text = fetch(make_app(Face.PUBLIC)).text
    assert '<form method="post" action="/leave" data-exit="https://www.bbc.co.uk/weather">' in text


def test_r8_help_numbers_are_on_a_public_page_as_links_that_dial():
    text = fetch(make_app(Face.PUBLIC)).text
    assert 'href="tel:999"' in text
    assert 'href="tel:08081689111"' in text
    assert 'href="tel:111"' in text


def test_r27_the_first_page_with_its_style_fits_one_network_window():
    app = make_app(Face.PUBLIC)
    page = fetch(app, Accept_Encoding="gzip")
    style = re.search(
        r'href="(/static/build/public-[^"]+\.css)"', gzip.decompress(page.data).decode()
    )
    assert style
    sheet = fetch(app, style[1], Accept_Encoding="br")
    assert sheet.headers["Content-Encoding"] == "br"
    assert len(page.data) + len(sheet.data) < 10_000


def test_built_files_never_change_so_browsers_may_keep_them():
    app = make_app(Face.PUBLIC)
    address = frontend.Assets(frontend.BUILD).address("public.css")
    assert "immutable" in fetch(app, address).headers["Cache-Control"]


def test_a_file_outside_the_build_is_not_served():
    assert fetch(make_app(Face.PUBLIC), "/static/build/../../config.py").status_code == 404


def test_missing_styles_are_named_with_what_to_run(tmp_path):
    with pytest.raises(frontend.AssetsNotBuiltError, match="npm run build"):
        frontend.Assets(tmp_path).address("public.css")


def test_pages_of_equal_length_differ_in_length_once_packed():
    app = make_app(Face.PUBLIC)
    sizes = {len(fetch(app, Accept_Encoding="gzip").data) for _ in range(12)}
    assert len(sizes) > 3


def test_a_phone_that_takes_no_gzip_gets_the_page_as_it_is():
    reply = fetch(make_app(Face.PUBLIC))
    assert "Content-Encoding" not in reply.headers
    assert "<h1" in reply.text


def test_an_undefined_name_in_a_template_of_ours_is_an_error():
    app = make_app(Face.PUBLIC)
    with app.test_request_context(), pytest.raises(UndefinedError):
        render_template_string("{{ surely_not_defined }}")


def test_component_macros_render_although_they_lean_on_undefined_names():
    app = make_app(Face.STAFF)
    with app.test_request_context():
        html = render_template_string("{{ govukButton({'text': 'Save'}) }}")
        radios = render_template_string(
            "{{ govukRadios({'name': 'n', 'items': [{'value': 'a', 'text': 'A'}]}) }}"
        )
    assert 'class="govuk-button"' in html
    assert 'type="radio"' in radios


def test_a_staff_page_before_sign_in_has_no_menu_and_names_the_body():
    text = fetch(make_app(Face.STAFF)).text
    assert "OPCC Thames Valley" in text
    assert "<nav" not in text
    assert "<title>Themes – Heard</title>" in text


def test_brand_colours_come_as_a_file_because_inline_style_is_refused():
    reply = fetch(make_app(Face.STAFF), "/brand.css")
    assert reply.mimetype == "text/css"
    assert "--hd-brand:#1d4d5c" in reply.text


def test_victims_pages_ask_for_nothing_but_their_style():
    text = fetch(make_app(Face.PUBLIC)).text
    assert re.findall(r'(?:src|<link[^>]* href)="(?!data:)([^"]+)"', text) == [
        frontend.Assets(frontend.BUILD).address("public.css")
    ]
    assert set(re.findall(r'<a [^>]*href="(?!#|tel:)([^"]+)"', text)) == {"/about"}


def test_a_table_comes_before_its_chart_and_the_figure_travels_as_data():
    app = make_app(Face.STAFF)
    page = """{% from "components/chart.html" import chart_slot, chart_script with context %}
    {% from "components/table.html" import summary_table %}
    {% call chart_slot("themes", "Themes", figure={"data": ["</script>"]}) %}
    {{ summary_table("Themes", [{"key": "a", "label": "Theme"}], [{"a": "Waiting"}]) }}
    {% endcall %}{{ chart_script() }}"""
    with app.test_request_context():
        html = render_template_string(page)
    assert html.index("<table") < html.index("Show chart")
    assert html.count("</script>") == 2
    assert "data-plotly" in html
