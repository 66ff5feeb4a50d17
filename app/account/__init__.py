"""Staff accounts: joining, signing in and out, the home page, who has which role."""

from flask import Flask

from app.guards import Role
from app.navigation import add_nav

from . import complaints, people, sessions, views


def init_app(app: Flask) -> None:
    """Register the journey on the staff face."""
    sessions.init_app(app)
    app.register_blueprint(views.bp)
    app.register_blueprint(people.bp)
    app.register_blueprint(complaints.bp)
    add_nav(app, "Home", "account.home_page", order=0)
    add_nav(app, "People", "people.everyone", roles=(Role.ADMINISTRATOR,), order=90)
    add_nav(app, "Complaints", "complaints.everything", roles=(Role.ADMINISTRATOR,), order=92)
    add_nav(app, "Audit", "people.audit_trail", roles=(Role.AUDITOR,), order=95)
