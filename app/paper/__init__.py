"""Paper forms typed in by staff.

A package of its own, as the preview is: it reads what the respondent's forms post (0105).
"""

from flask import Flask

from app.guards import Role
from app.navigation import add_nav


def init_app(app: Flask) -> None:
    """Register the journey on the staff face."""
    from app.paper.views import bp

    app.register_blueprint(bp)
    add_nav(app, "Paper forms", "paper.batches", roles=(Role.ANALYST,), order=35)
