"""Results: figures that can be defended, for those who decide."""

from flask import Flask

from app.config import Config, Face
from app.guards import Role
from app.navigation import add_nav


def init_app(app: Flask) -> None:
    """Register the journey on the staff face, or "You said, we did" on the public one."""
    config: Config = app.config["HEARD"]
    if config.face is Face.PUBLIC:
        from .public import bp as public

        app.register_blueprint(public)
        return
    from . import (  # noqa: F401 - they add pages to bp
        api_views,
        comment_views,
        more_views,
        providers_said_views,
        register_views,
        report_views,
        theme_views,
    )
    from .views import READERS, bp

    app.register_blueprint(bp)
    add_nav(app, "Results", "results.page_one", roles=READERS, order=10)
    add_nav(app, "Keys for figures", "results.api_keys", roles=(Role.ADMINISTRATOR,), order=95)
