"""Danger reaches a person: flags with their clock, two-person close, tasks of caseworkers."""

from flask import Flask

from app.guards import Role
from app.navigation import add_nav

from . import acts, alerts, desk, rota, tasks  # noqa: F401 - their views register themselves
from .blueprint import DESK, TASK_ROLES, bp


def init_app(app: Flask) -> None:
    """Register the journey on the staff face."""
    app.register_blueprint(bp)
    add_nav(app, "Safeguarding", "safeguarding.desk", roles=DESK, order=10)
    add_nav(app, "Tasks", "safeguarding.tasks", roles=TASK_ROLES, order=12)
    add_nav(app, "Second person", "safeguarding.second", roles=(Role.APPROVER,), order=14)
    add_nav(app, "Alerts", "safeguarding.alerts", roles=alerts.READERS, order=16)
