"""Reports asked for, frozen and set, for tests."""

import io
import re
import zipfile
from datetime import date

from sqlalchemy.orm import sessionmaker

from app.clock import utc_now
from app.guards import Role
from app.models import FrozenReport, Job
from app.packs import load_pack
from app.services import reports
from app.services.reporting import kinds
from app.services.reporting.gathering import Order
from app.services.reports import Wish
from app.store import reports as store
from app.worker.loop import Registry, work_once
from app.worker.reporting.work import MakeFiles, MakeReports, stale_chore
from tests.builders import an_actor

AREAS = ("E06000060", "E06000042", "E07000178")
QUARTERS = (date(2026, 2, 3), date(2026, 5, 3), date(2026, 8, 3))
PERIOD = "2026-27-q2"
PACK = load_pack("thames-valley")
WORDS = "I waited for months."


def work(session, times=20):
    sessions = sessionmaker(session.get_bind(), expire_on_commit=False)
    registry = Registry((MakeReports(PACK), MakeFiles()), (stale_chore(),))
    while times and work_once(sessions, registry, utc_now()):
        times -= 1
    session.expire_all()


def asked(session, survey, kind="panel", **values):
    by = an_actor(session, Role.COMMISSIONER)
    wish = Wish(kind, PERIOD, **values)
    return reports.ask(session, survey.id, wish, PACK, by=by, now=utc_now())


def made(session, survey, kind="panel", **values):
    report_id = asked(session, survey, kind, **values)
    work(session)
    return session.get_one(FrozenReport, report_id)


def frozen(session, survey, kind="panel", **values):
    """Return a frozen report without its files."""
    report_id = asked(session, survey, kind, **values)
    job = session.query(Job).filter_by(kind=reports.MAKE, subject_id=report_id).one()
    row, _ = reports.freeze(session, job, PACK, today=date(2026, 11, 22), now=utc_now())
    session.commit()
    return row


def build(session, survey, kind="panel", facets=None, period=PERIOD, service=""):
    order = Order(kind, survey.id, period, "Anna", service=service, facets=facets or {})
    return kinds.build(session, order, PACK, today=date(2026, 11, 22), now=utc_now())


def content_of(session, row, file_format):
    return store.content_of(store.find_file(session, row.id, file_format))


def page_of(client, survey, row, tail=""):
    response = client.get(f"/results/{survey.slug}/reports/{row.id}{tail}")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def docx_words(content):
    """Return every word of a Word file: text, alt text, footers, properties."""
    parts = zipfile.ZipFile(io.BytesIO(content))
    xml = "\n".join(parts.read(n).decode() for n in parts.namelist() if n.endswith(".xml"))
    return re.sub(r"<[^>]+>", " ", xml) + " ".join(re.findall(r'descr="([^"]*)"', xml))
