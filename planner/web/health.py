"""Signs of life for whoever watches from outside."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import text

from planner.web.context import reading

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    """200 once the server answers and the database does too."""
    reading().execute(text("SELECT 1"))
    return {"status": "ok"}, 200
