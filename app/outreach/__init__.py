"""Outreach: personal check-in links, passed on by people."""

from flask import Flask

from app.guards import Role
from app.navigation import add_nav

from . import views


def init_app(app: Flask) -> None:
    """Register the journey on the staff face."""
    app.register_blueprint(views.bp)
    add_nav(app, "Links", "outreach.links", roles=(Role.OUTREACH,), order=40)
