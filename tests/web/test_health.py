"""`/health` asks nobody; `/health/dashboard` asks every service and says which one is not well."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask
from sqlalchemy import create_engine, text

from data import queue
from data.db import Database
from web.state import attach, state


def test_a_sound_product_is_healthy(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/health").get_json()["status"] == "ok"
    answer = client.get("/health/dashboard")
    services = answer.get_json()["services"]
    assert (answer.status_code, set(services)) == (200, {"database", "cache", "dashboard", "queue"})
    assert all(service["status"] == "healthy" and service["latency_ms"] > 0 for service in services.values())


def test_tables_that_are_not_there_are_told_apart_from_a_database_that_is_away(app: Flask, database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE tenants RENAME TO elsewhere"))
    engine.dispose()
    answer = app.test_client().get("/health/dashboard")
    states = {name: service["status"] for name, service in answer.get_json()["services"].items()}
    assert (answer.status_code, answer.get_json()["status"]) == (503, "unhealthy")
    assert states == {"database": "healthy", "cache": "healthy", "dashboard": "unhealthy", "queue": "healthy"}


def test_work_that_nobody_does_is_told(app: Flask, database: Database, database_url: str) -> None:
    with database.directory() as session:
        queue.enqueue(session, "import", {})
        queue.enqueue(session, "other", {})
        session.execute(text("UPDATE jobs SET run_at = now() - interval '1 hour' WHERE kind = 'import'"))
    answer = app.test_client().get("/health/dashboard")
    service = answer.get_json()["services"]["queue"]
    assert (answer.status_code, service["status"]) == (200, "late")
    assert (service["waiting"], service["running"], service["failed"]) == (2, 0, 0)
    assert 3600 <= service["oldest_waiting_seconds"] < 3700
    metrics = app.test_client().get("/metrics").get_data(as_text=True)
    assert 'dashboard_queue_jobs{state="waiting"} 2.0' in metrics
    assert "dashboard_queue_oldest_seconds 36" in metrics


def test_others_are_not_told(app: Flask) -> None:
    with app.app_context():
        attach(app, replace(state(), settings=replace(state().settings, metrics_token="m" * 32)))
    client = app.test_client()
    far = {"REMOTE_ADDR": "203.0.113.7"}
    assert client.get("/health", environ_base=far).status_code == 200
    assert client.get("/health/dashboard", environ_base=far).status_code == 401
    strange = {"Authorization": "Bearer é"}
    assert client.get("/health/dashboard", environ_base=far, headers=strange).status_code == 401
    headers = {"Authorization": "Bearer " + "m" * 32}
    assert client.get("/health/dashboard", environ_base=far, headers=headers).status_code == 200
