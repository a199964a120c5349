"""The blueprint that all screens about posts share."""

from __future__ import annotations

from flask import Blueprint

from planner.web import answers
from planner.web.posts.wording import first_words

blueprint = Blueprint("posts", __name__)
answers.attach(blueprint)
blueprint.add_app_template_filter(first_words, "first_line")
