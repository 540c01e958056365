"""The `farola` command: one group, its commands loaded when asked for, every error one clear line."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from backend.errors import FarolaError

# Name of a command -> the module that holds it as `command`. Loaded lazily: `farola services`
# must start without the models that `farola work` needs.
COMMANDS = {
    "account": "backend.cli.account",
    "city": "backend.cli.city",
    "clock": "backend.cli.clock",
    "demo": "backend.cli.demo.command",
    "forget": "backend.cli.forget",
    "import": "backend.cli.importing",
    "keys": "backend.cli.keys",
    "migrate": "backend.cli.migrate",
    "openapi": "backend.cli.openapi",
    "privacy": "backend.cli.privacy.command",
    "proof": "backend.cli.proof",
    "release": "backend.cli.release",
    "report": "backend.cli.report",
    "serve": "backend.cli.serve",
    "services": "backend.cli.services",
    "simulate": "backend.cli.simulate",
    "train": "backend.cli.train",
    "trail": "backend.cli.trail",
    "work": "backend.cli.work",
}


class _OneLine(click.ClickException):
    """An error as the command shows it: one line on stderr, and an exit code that is not 0."""

    def show(self, file: Any = None) -> None:
        click.echo(f"farola: {' '.join(self.message.split())}", file=file, err=True)


class _Misused(_OneLine):
    """A command that was called in a way it does not know."""

    exit_code = 2


class FarolaGroup(click.Group):
    """A group whose commands load on demand and whose errors stay one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command, in the order of the alphabet."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the module of a command; None when there is no such command."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an unexpected error shows its kind only, its words may be personal."""
        try:
            return super().invoke(ctx)
        except FarolaError as error:
            raise _OneLine(error.detail) from error
        except click.UsageError as error:
            raise _Misused(f"{error.format_message()} `farola --help` tells more.") from error
        except (click.ClickException, click.exceptions.Exit, click.Abort, KeyboardInterrupt):
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            kind = type(error).__name__
            raise _OneLine(f"unexpected {kind}; `farola --debug ...` shows where.") from error


@click.group(cls=FarolaGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
@click.version_option(package_name="farola", prog_name="farola")
def main(debug: bool) -> None:
    """Farola: where a public space feels unsafe, told safely."""
