"""What is typed and no command understands: refused in the same words, and with `--json` in the same form, as any other
bad input."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer

from referenda.cli.output import refuse
from referenda.errors import Fault, InputError

# Typer's own family of such errors, of which it exports only this one member.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def run(app: typer.Typer, words: Sequence[str]) -> NoReturn:
    """Run the command line, and leave with its exit code.

    Parameters
    ----------
    app
        The whole command line.
    words
        What was typed after the name of the program.
    """
    command = typer.main.get_command(app)
    typed = _Typed(command, words)
    as_json = "--json" in words
    if typed.faults:
        _refuse(as_json, *typed.faults)
    try:
        sys.exit(command.main(list(words), prog_name="referenda", standalone_mode=False) or 0)
    except UsageError as error:
        kind = type(error).__name__
        if kind == "NoArgsIsHelpError":
            error.show()  # type: ignore[attr-defined]
            sys.exit(2)
        _refuse(as_json, *(typed.missing() if kind == "MissingParameter" else [_fault(error)]))
    except typer.Abort as stop:
        if isinstance(stop.__cause__ or stop.__context__, KeyboardInterrupt):
            sys.stderr.write("Stopped. Nothing half-written is left.\n")
            sys.exit(130)
        sys.stderr.write("Aborted.\n")
        sys.exit(1)


def _refuse(as_json: bool, *faults: Fault) -> NoReturn:
    try:
        refuse(InputError(*faults), as_json=as_json)
    except typer.Exit as left:
        sys.exit(left.exit_code)


class _Typed:
    """What was typed, as far as it can be told before it is read: the command, its options and its arguments."""

    def __init__(self, command: Any, words: Sequence[str]) -> None:
        rest, self.name = list(words), "referenda"
        while rest and rest[0] in (known := getattr(command, "commands", {})):
            self.name += f" {rest[0]}"
            command = known[rest.pop(0)]
        self.command = command
        self.faults: list[Fault] = []
        options = {flag: p for p in command.params if p.param_type_name == "option" for flag in p.opts}
        self._values: dict[str, str] = {}
        self._arguments = 0
        while rest:
            word = rest.pop(0)
            flag, equals, value = word.partition("=")
            if word == "--":
                self._arguments += len(rest)
                return
            if flag not in options:
                self._arguments += not word.startswith("-")
            elif not options[flag].is_flag:
                self._take(options[flag], flag, value if equals else rest.pop(0) if rest else "")

    def _take(self, option: Any, flag: str, value: str) -> None:
        """Keep the value of an option; of one that stands twice and has one value, the last would count in silence."""
        if option.name in self._values and not option.multiple:
            message = f"this is given twice, as {self._values[option.name]} too"
            self.faults.append(Fault(message, column=flag, value=value, remedy="Give it once."))
        self._values[option.name] = value

    def missing(self) -> list[Fault]:
        """Name every argument and option that is required and not there."""
        arguments = [p for p in self.command.params if p.param_type_name == "argument"][self._arguments :]
        options = [p for p in self.command.params if p.param_type_name == "option" and p.name not in self._values]
        said = []
        for param in [p for p in (*arguments, *options) if p.required]:
            name = max(param.opts, key=len)
            if param in arguments:
                name = param.metavar or name.upper()
            help_ = f"{param.help} " if getattr(param, "help", None) else ""
            said.append(Fault(f"{name} is missing", remedy=f"{help_}See {self.name} --help."))
        return said


def _fault(error: Any) -> Fault:
    """Say what Typer found wrong as one of our faults."""
    option = getattr(error, "option_name", None)
    param = getattr(error, "param", None)
    if param is not None and param.param_type_name == "option":
        option = max(param.opts, key=len)
    message, _, near = error.message.rstrip(".?").partition(". Did you mean ")
    near = " or ".join(getattr(error, "possibilities", None) or ()) or near
    remedy = f"Did you mean {near}?" if near else f"See {error.ctx.command_path if error.ctx else 'referenda'} --help."
    if type(error).__name__ == "NoSuchOption":
        message = "there is no such option"
    return Fault(message[:1].lower() + message[1:], column=option, remedy=remedy)
