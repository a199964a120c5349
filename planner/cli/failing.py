"""What a command says when something goes wrong: one sentence on stderr, and the exit status 1."""

from __future__ import annotations

import os
from typing import Any

import click

from planner.config import ConfigError


class Failed(click.ClickException):
    """The command could not do its work; the message is the sentence."""

    def show(self, file: Any = None) -> None:  # noqa: ARG002 - click's signature
        click.echo(self.message, err=True)


class Sentences(click.Group):
    """Turns whatever a command raises into a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if os.environ.get("SENDEPLAN_LOG_LEVEL", "").upper() == "DEBUG":
                raise
            raise Failed(sentence_for(error)) from None


def sentence_for(error: Exception) -> str:
    """The sentence for an exception."""
    if isinstance(error, ConfigError):
        return str(error)
    return _of_service(error) or _of_database(error) or _of_system(error) or _unexpected(error)


def _of_service(error: Exception) -> str | None:
    from planner.services.errors import Invalid, ServiceError

    if not isinstance(error, ServiceError):
        return None
    from planner.web.messages import explain

    if isinstance(error, Invalid):
        return "\n".join(f"{e.field}: {explain(e)}" for e in error.errors)
    return explain(error)


def _of_database(error: Exception) -> str | None:
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    if isinstance(error, ArgumentError | NoSuchModuleError):
        return "SENDEPLAN_DATABASE_URL is not an address of a database that is known: sqlite:///… or postgresql://…"
    if isinstance(error, DBAPIError):
        said = str(error.orig).strip().splitlines()
        return f"The database does not answer as it should: {said[0] if said else 'no reason given'}"
    return None


def _of_system(error: Exception) -> str | None:
    if isinstance(error, PermissionError):
        return (
            f"No permission for {error.filename}. Run this as the user that owns the instance folder. If you do, "
            "another one (root) has left files in it: “chown -R USER FOLDER” gives them back."
        )
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror or error}{where}"
    return None


def _unexpected(error: Exception) -> str:
    said = str(error).strip().splitlines()
    hint = "Set SENDEPLAN_LOG_LEVEL=DEBUG and run it again to see where."
    return f"Something unexpected happened: {type(error).__name__}{': ' + said[0] if said else ''}. {hint}"
