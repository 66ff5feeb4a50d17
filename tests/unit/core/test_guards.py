"""A view that declares no audience stops the start."""

import pytest
from flask import Flask

from app.guards import Audience, AudienceMissingError, audience, check_audiences


def test_a_view_without_an_audience_stops_the_start() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/bare", "bare", lambda: "x")
    with pytest.raises(AudienceMissingError, match="bare"):
        check_audiences(app)


def test_a_view_with_an_audience_lets_it_start() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/said", "said", audience(Audience.PUBLIC)(lambda: "x"))
    check_audiences(app)
