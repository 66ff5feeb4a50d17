"""The coding desk: people accept or correct what the machine suggests."""

from flask import Flask

from app.guards import Role
from app.navigation import add_nav

from . import (  # noqa: F401 - their views register themselves
    answers,
    codebook_drafts,
    codebook_views,
    desk,
    double,
    emerging_views,
    group_views,
    learning_views,
    quotes,
)
from .blueprint import bp


def init_app(app: Flask) -> None:
    """Register the journey on the staff face."""
    app.register_blueprint(bp)
    add_nav(app, "Coding", "coding.desk", roles=(Role.ANALYST,), order=20)
    add_nav(
        app,
        "Codebooks",
        "coding.list_codebooks",
        roles=(Role.ANALYST, Role.APPROVER),
        order=21,
        paths=("/coding/codebook", "/coding/trainings"),
    )
    add_nav(app, "Quotes", "coding.quotes", roles=(Role.ANALYST, Role.APPROVER), order=22)
