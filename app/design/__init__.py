"""The engagement team's desk: design, ask for approval, launch, watch."""

from flask import Flask

from app.guards import Role
from app.navigation import add_nav


def init_app(app: Flask) -> None:
    """Register the journey on the staff face."""
    from app.design import (
        approval,
        aside,
        borrowing,
        collectors,
        earlier,
        editor,
        interface,
        languages,
        monitor,
        organisations,
        overview,
        printing,
        reactions,
        routes,
    )
    from app.design.blueprint import bp

    views = (
        overview,
        borrowing,
        editor,
        routes,
        reactions,
        languages,
        interface,
        approval,
        collectors,
        earlier,
        organisations,
        monitor,
        aside,
        printing,
    )
    for module in views:
        assert module.bp is bp  # noqa: S101 - importing a module is what adds its views
    app.register_blueprint(bp)
    both = (Role.DESIGNER, Role.APPROVER)
    add_nav(app, "Surveys", "design.everything", roles=both, order=20)
    add_nav(app, "Approvals", "design.requests", roles=(Role.APPROVER,), order=21)
