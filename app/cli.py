"""The flask commands. Heavy parts (nlp, worker) are imported when a command runs, never before."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click
from flask import Flask, current_app

from app import migrate
from app.clock import utc_now
from app.db import db

if TYPE_CHECKING:
    from app.worker.loop import Registry


def init_cli(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(upgrade)
    app.cli.add_command(migration)
    app.cli.add_command(check_migrations)
    app.cli.add_command(set_up_code)
    app.cli.add_command(work)
    app.cli.add_command(work_celery)
    app.cli.add_command(work_apart)
    app.cli.add_command(purge)
    app.cli.add_command(verify_audit)
    app.cli.add_command(import_answers)
    app.cli.add_command(seed)
    app.cli.add_command(load_pack)


@click.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest migration."""
    current_app.config["HEARD"].instance.mkdir(parents=True, exist_ok=True)
    migrate.upgrade(current_app.extensions["engine"])


@click.command("migration")
@click.argument("name")
def migration(name: str) -> None:
    """Write the next numbered migration from the difference between tables and models."""
    from alembic import command

    number = f"{len(list(migrate.SCRIPTS.glob('versions/[0-9]*.py'))) + 1:04d}"
    command.revision(
        migrate.alembic_config(current_app.extensions["engine"]),
        message=name,
        rev_id=number,
        autogenerate=True,
    )


@click.command("check-migrations")
def check_migrations() -> None:
    """Fail unless there is one head and it matches the models."""
    from alembic import command
    from sqlalchemy import create_engine

    if len(migrate.heads()) != 1:
        raise click.ClickException(f"expected one migration head, found {migrate.heads()}")
    engine = create_engine("sqlite://", poolclass=_one_connection())
    migrate.upgrade(engine)
    command.check(migrate.alembic_config(engine))
    click.echo(f"one head, no drift ({Path(migrate.SCRIPTS).name})")


@click.command("work")
@click.option("--until-empty", is_flag=True, help="Stop when nothing waits any more.")
def work(until_empty: bool) -> None:
    """Do what waits in the outbox until told to stop; may be killed at any time."""
    from app.worker import engine

    sessions = current_app.extensions["sessions"]
    engine.serve(sessions, _registry(), clock=utc_now, until_empty=until_empty)


@click.command("work-celery")
@click.option("--beat", is_flag=True, help="Also ask for work; on exactly one machine.")
@click.option("--processes", default=2, show_default=True, help="How many to run here.")
def work_celery(beat: bool, processes: int) -> None:
    """Do what waits in the outbox over Celery, on several machines (docs/decisions/0008)."""
    from app.worker import engine, tasks

    config = current_app.config["HEARD"]
    if not config.broker_url or config.database_url.startswith("sqlite"):
        raise click.ClickException(
            "Celery needs BROKER_URL (redis://… or amqp://…) and PostgreSQL in DATABASE_URL. "
            "On one machine `flask work` needs neither."
        )
    engine.speak()
    celery = tasks.make_celery(
        config.broker_url, current_app.extensions["engine"], _registry(), clock=utc_now
    )
    command = ["--quiet", "worker", f"--concurrency={processes}", "--loglevel=WARNING"]
    celery.worker_main(command + ["--beat"] * beat)


@click.command("work-apart", hidden=True)
@click.argument("job_id", type=click.UUID)
@click.argument("lease")
def work_apart(job_id: UUID, lease: str) -> None:
    """Do one long job for the worker that started this process."""
    from app.worker import apart, apart_jobs

    apart.settle_in()
    instance = current_app.config["HEARD"].instance
    with current_app.extensions["sessions"]() as session:
        apart_jobs.run_job(session, job_id, lease, instance, utc_now)


@click.command("set-up-code")
def set_up_code() -> None:
    """Print a fresh single-use code for the set-up page, until an administrator exists."""
    from app.services import setup

    code = setup.make_code(db.session, now=utc_now())
    if code is None:
        raise click.ClickException("An administrator exists. Ask them for an invitation.")
    click.echo(f"{current_app.config['HEARD'].staff_url}/set-up  {code}")


@click.command("purge")
def purge() -> None:
    """Delete what is past its time now, instead of tonight."""
    from app.services import retention

    life = timedelta(days=current_app.config["PACK"].complaint_days)
    purged = retention.purge(db.session, now=utc_now(), complaint_life=life)
    for name, count in asdict(purged).items():
        click.echo(f"{name}: {count}")


@click.command("verify-audit")
@click.option("--head", help="Like 120:9f3c…, from a log kept elsewhere  [default: our own file]")
def verify_audit(head: str | None) -> None:
    """Say whether the audit trail was changed, and name the first row that was."""
    from app.services import audit_chain

    instance = current_app.config["HEARD"].instance
    kept = audit_chain.Head.parse(head) if head else audit_chain.find_head(instance)
    verdict = audit_chain.verify(db.session, kept)
    if not verdict.is_whole:
        raise click.ClickException(verdict.words)
    click.echo(verdict.words)


@click.command("seed")
def seed() -> None:
    """Put the demonstration into an empty database; everything in it is marked as made up."""
    from app.worker.seed import seed_if_empty

    config = current_app.config["HEARD"]
    if config.production:
        raise click.ClickException("the demonstration never goes into production")
    pack = current_app.config["PACK"]
    if not seed_if_empty(db.session, pack, instance=config.instance, now=utc_now()):
        click.echo("The database is not empty; nothing was put in.")


@click.command("load-pack")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_pack(file: Path) -> None:
    """Put an area pack in place of the present one; a wrong one changes nothing."""
    from app.services import packs

    try:
        present = current_app.config["PACK"]
        pack = packs.install(db.session, file.read_bytes(), present=present, by=None, now=utc_now())
    except packs.PackRefusedError as error:
        problems = "\n".join(f"- {problem}" for problem in error.problems)
        raise click.ClickException(f"Nothing was changed. {file.name} has:\n{problems}") from error
    click.echo(f"{pack.body_name} is in force everywhere within seconds.")


@click.command("import-answers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--survey", required=True, help="Short name; made when there is none.")
@click.option("--name", help="Name of a survey that is made.")
@click.option("--text-column", default="text", show_default=True)
@click.option("--labels-column", help="Themes by id or label, with | or ; between them.")
@click.option("--codebook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--question", help="The question that was asked, or the name of an existing one.")
@click.option("--question-column", help="Column with the question  [default: question, if any]")
@click.option("--date-column", help="Day of the answer; today without it.")
@click.option("--id-column", help="Column that identifies a row; its content without it.")
@click.option("--synthetic", is_flag=True, help="Mark every answer as made up.")
def import_answers(file: Path, survey: str, **given: Any) -> None:
    """Load historical answers as responses; run twice, it stores nothing new."""
    from app.services.import_files import Columns
    from app.services.imports import ASKED, ImportRefusedError
    from app.worker import importing

    columns = {n: given[f"{n}_column"] for n in ("text", "labels", "question", "date", "id")}
    request = importing.Request(
        file=file,
        survey=survey,
        columns=Columns(**columns),
        name=given["name"],
        question=given["question"] or ASKED,
        codebook=given["codebook"],
        is_synthetic=given["synthetic"],
    )
    try:
        report = importing.import_file(db.session, request, now=utc_now())
    except ImportRefusedError as error:
        raise click.ClickException(str(error)) from error
    importing.tell(report, click.echo)
    if report.stored:
        click.echo("the worker codes them in the background: flask work --until-empty")


def _registry() -> "Registry":
    from app.worker import engine
    from app.worker.senders import sender_for

    config = current_app.config["HEARD"]
    return engine.build_registry(
        current_app.config["PACK"],
        instance=config.instance,
        staff_url=config.staff_url,
        public_url=config.public_url,
        secret_key=config.secret_key,
        sender=sender_for(config),
        sends_check_ins=sender_for(config) is not None,
    )


def _one_connection() -> type:
    from sqlalchemy.pool import StaticPool

    return StaticPool
