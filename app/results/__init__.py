"""Results: figures that can be defended, for those who decide."""

from flask import Flask

from app.navigation import add_nav


def init_app(app: Flask) -> None:
    """Register the journey on the staff face."""
    from .views import READERS, bp

    app.register_blueprint(bp)
    add_nav(app, "Results", "results.page_one", roles=READERS, order=10)
