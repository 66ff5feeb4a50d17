"""The respondent's journey: what victims meet on a phone that may be watched."""

from flask import Flask

from app.respond.wording import ABOUT_LEAVING


def init_app(app: Flask) -> None:
    """Register the journey."""
    from app.printing import init_printing
    from app.respond.views import bp
    from app.services.doubting import Doubts

    app.register_blueprint(bp)
    init_printing(app)
    app.extensions["doubts"] = Doubts()
    # Leaving has to work from any page, however old its token.
    app.extensions["csrf"].exempt("app.respond.views.leave")
    app.jinja_env.globals.update(about_leaving=ABOUT_LEAVING)
