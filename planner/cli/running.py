"""Commands that run until they are stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from planner.cli.failing import Failed
from planner.cli.starting import in_use, platform

if TYPE_CHECKING:
    import socket

    from planner.bootstrap import Platform

Command = TypeVar("Command", bound=Callable[..., None])
PORT = click.IntRange(0, 65535)


def listening(command: Command) -> Command:
    """The options of a command that listens."""
    command = click.option("--port", type=PORT, default=8000, show_default=True, help="Port; 0 takes a free one.")(
        command
    )
    return click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")(command)


def watchable(command: Command) -> Command:
    """The option of a command that serves no pages, but can be watched."""
    return click.option(
        "--metrics-port", type=PORT, help="Answer /healthz, /readyz and /metrics on this port; 0 takes a free one."
    )(command)


@contextmanager
def watched(wired: Platform, port: int | None, *, by_setting: bool = True) -> Iterator[None]:
    """Answer whoever watches, where ``port`` or (``by_setting``) the setting asks for it. Raises Failed where the port
    is taken."""
    from planner.watch_server import watched as answering

    chosen = wired.settings.metrics_port if port is None and by_setting else port
    with ExitStack() as stack:
        try:
            made = stack.enter_context(answering(wired, chosen))
        except OSError as error:
            raise Failed(f"The figures cannot be served on port {chosen}: {error.strerror or error}.") from None
        if made is not None:
            click.echo(f"Figures are at http://{wired.settings.metrics_host}:{made}/metrics")
        yield


@click.command()
@listening
def serve(host: str, port: int) -> None:
    """Run everything in one process: the web pages, the API and the scheduler that publishes.

    Brings the schema up to date first. Stops cleanly on Ctrl-C or SIGTERM: what is being sent is finished and noted.
    """
    with platform(migrate=True) as wired, in_use(wired):
        serve_all(wired, host, port)


def serve_all(wired: Platform, host: str, port: int, *, ready: Callable[[str], None] | None = None) -> None:
    """Pages, API and scheduler, until a signal. ``ready`` gets the address once it answers."""
    from planner import ending
    from planner.memory import share_arenas
    from planner.scheduler import Scheduler

    share_arenas()
    made = _listen(host, port)
    with ExitStack() as stack:
        scheduler = Scheduler(wired)
        scheduler.start()
        stack.callback(scheduler.stop)
        stack.callback(ending.at_the_latest, wired.settings)
        _serve(wired, made, ready or say_running)


@click.command()
@listening
def web(host: str, port: int) -> None:
    """Run only the web pages and the API. Publishing needs "sendeplan scheduler" beside it."""
    with platform() as wired, in_use(wired):
        _serve(wired, _listen(host, port), say_running)


@click.command()
@watchable
def scheduler(metrics_port: int | None) -> None:
    """Run only the scheduler, which publishes, looks for what is unconfirmed and fetches figures."""
    from planner.scheduler import run_scheduler

    with platform() as wired, in_use(wired), watched(wired, metrics_port):
        click.echo("The scheduler is running. Stop it with Ctrl-C.")
        run_scheduler(wired)


@click.command()
@watchable
def worker(metrics_port: int | None) -> None:
    """Run only senders, called by the scheduler: as many workers as you like, on PostgreSQL.

    Needs the extra "team" (pip install 'sendeplan[team]') and SENDEPLAN_SENDERS=workers, for the scheduler as well.
    """
    from planner import team

    with platform() as wired, in_use(wired):
        engine = team.ready(wired)
        if engine is None:
            raise Failed("Nobody would call a worker: set SENDEPLAN_SENDERS=workers, for the scheduler as well.")
        from planner.team.worker import run_worker

        # Not on the port of the settings: that is the scheduler's, and several workers may run on one machine.
        with watched(wired, metrics_port, by_setting=False):
            click.echo("The worker is running. Stop it with Ctrl-C.")
            run_worker(wired, engine)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, default=8790, show_default=True, help="Port; 0 takes a free one.")
@click.option("--latency", type=click.FloatRange(0, 60), default=0.0, help="Seconds that each answer takes.")
@click.option("--open-accounts", is_flag=True, help="Let any well-formed token in.")
@click.option("--no-limits", is_flag=True, help="Lift the networks' rate limits.")
@click.option("--state", type=click.Path(dir_okay=False), help="File that keeps posts over a restart.")
def sandbox(*, host: str, port: int, latency: float, open_accounts: bool, no_limits: bool, state: str | None) -> None:
    """Run the sandbox networks alone: they speak like the real ones, and publish nothing anywhere."""
    from publishers.sandbox.__main__ import run

    try:
        run(
            host,
            port,
            latency=latency,
            open_accounts=open_accounts,
            state_file=state,
            limits=not no_limits,
            say=click.echo,
        )
    except OSError as error:
        raise Failed(f"The sandbox cannot start on {host}:{port}: {error.strerror or error}") from None


def say_running(where: str) -> None:
    """Tell a person where it runs."""
    click.echo(f"Sendeplan is running at {where}  (stop it with Ctrl-C)")


def _listen(host: str, port: int) -> socket.socket:
    from planner.serving import PortInUse, listen

    try:
        return listen(host, port)
    except PortInUse:
        raise Failed(f"Port {port} is in use already. Stop the other program, or choose one with --port.") from None
    except OSError as error:
        raise Failed(f"Cannot listen on {host}:{port}: {error.strerror or error}.") from None


def _serve(wired: Platform, made: socket.socket, ready: Callable[[str], None]) -> None:
    from planner import serving
    from planner.alert_watch import alert_watch

    with alert_watch(wired):
        serving.serve(wired, made, lambda: ready(serving.address(made)))
