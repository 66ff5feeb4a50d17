"""The respondent's own pages, shown to designers for a draft; nothing is stored.

A package of its own, so that neither the designer's journey nor the respondent's leans on the
other (docs/decisions/0071).
"""

from flask import Flask

from app.respond.wording import ABOUT_LEAVING


def init_app(app: Flask) -> None:
    """Register the preview on the staff face."""
    from app.preview.views import bp

    app.register_blueprint(bp)
    app.jinja_env.globals.update(about_leaving=ABOUT_LEAVING)
