"""Outreach: cases from the case system, what is sent to them and when, personal links."""

from flask import Flask

from app.config import Face
from app.guards import Role
from app.navigation import add_nav


def init_app(app: Flask) -> None:
    """Register the journey on the staff face; on the public one, what comes back to it."""
    if app.config["HEARD"].face is Face.PUBLIC:
        from . import public

        app.register_blueprint(public.bp)
        app.extensions["csrf"].exempt(public.bp)
        return
    from . import (
        api,
        funnel_views,
        handover,
        pack_change,  # noqa: F401 - importing a module is what adds its views
        pack_views,
        views,
        wording_views,
    )

    app.register_blueprint(views.bp)
    app.register_blueprint(handover.bp)
    app.register_blueprint(api.bp)
    app.register_blueprint(wording_views.bp)
    app.register_blueprint(funnel_views.bp)
    app.register_blueprint(pack_views.bp)
    add_nav(app, "Hand-over", "handover.overview", roles=(Role.OUTREACH,), order=41)
    add_nav(app, "Referrals", "funnel.overview", roles=funnel_views.READERS, order=12)
    add_nav(app, "Messages", "wordings.overview", roles=(Role.OUTREACH, Role.APPROVER), order=42)
    add_nav(app, "Keys", "handover.keys", roles=(Role.ADMINISTRATOR,), order=91)
    add_nav(app, "Area pack", "packs.overview", roles=(Role.ADMINISTRATOR,), order=92)
    add_nav(app, "Links", "outreach.links", roles=(Role.OUTREACH,), order=40)
