"""The blueprint that the modules beside this one put their routes on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("channels", __name__, url_prefix="/channels")
