"""Kind `alert_mail`: the budget alerts of one change, by e-mail to those who asked for it."""

from __future__ import annotations

from functools import partial
from typing import Final

from core.budget_alerts import PROJECTED_OVER
from core.i18n import N_, _, speaking
from core.mail import deliver, letter
from core.settings import Settings
from data import directory
from data.commands.outbox import MAIL_JOB
from data.context import TenantContext
from data.db import Database
from data.frames.alert_mail import FiredAlert, fired_alerts
from data.frames.webhooks import wants_mail
from data.queue import Taken
from jobs.kinds import Kind, Reins, open_books

_LEVELS: Final = {"1.0": N_("is overspent"), PROJECTED_OVER: N_("will be overspent if this goes on")}


def kind(settings: Settings) -> Kind:
    """The kind, sending by this installation's mail server."""
    return Kind(MAIL_JOB, partial(_run, settings))


def _run(settings: Settings, database: Database, job: Taken, reins: Reins) -> None:
    """One letter to each person. A retry may send a letter twice, when the mail server refused another one."""
    context = open_books(database, job)
    if context is None or settings.smtp_url is None:
        return
    with context.db.reading() as session:
        alerts = fired_alerts(session, job.payload["version"])
        people = wants_mail(session)
    if not alerts:
        return
    with speaking(context.tenant.locale):
        subject, text = _words(context, settings, alerts)
    for address in _addresses(database, context.tenant.id, people):
        reins.check()
        deliver(settings.smtp_url, letter(settings, address, subject, text))


def _addresses(database: Database, tenant_id: int, people: list[int]) -> list[str]:
    """Where the letters go: only to who still belongs to the tenant."""
    found = []
    with database.directory() as session:
        for person_id in people:
            person = directory.find_person_by_id(session, person_id)
            if person and any(tenant.id == tenant_id for tenant, _role in directory.tenants_of(session, person_id)):
                found.append(person.email)
    return found


def _words(context: TenantContext, settings: Settings, alerts: list[FiredAlert]) -> tuple[str, str]:
    """Subject and text. Amounts stay out of it: mail is read by many machines on its way."""
    lines = [f"- {alert.budget}: {_level(alert.level)} ({_span(alert)})" for alert in alerts]
    one = f"{alerts[0].budget} {_level(alerts[0].level)}"
    said = one if len(alerts) == 1 else _("{count} budgets need a look", count=len(alerts))
    subject = f"{context.tenant.name}: {said}"
    begin = _("Budgets of {tenant}:", tenant=context.tenant.name)
    where = settings.public_url or f"http://{settings.host}:{settings.port}"
    end = _("Open the dashboard: {address}", address=where)
    text = "\n\n".join((begin, "\n".join(lines), end)) + "\n"
    return subject, text


def _span(alert: FiredAlert) -> str:
    return _("{first} to {last}", first=alert.first, last=alert.last)


def _level(level: str) -> str:
    """What reaching a level means, in words; `0.8` is a share of the limit."""
    if level in _LEVELS:
        return _(_LEVELS[level])
    return _("has reached {share}%", share=f"{float(level) * 100:.0f}")
