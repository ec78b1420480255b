"""Signatures that spell out the keyword arguments that options.py documents once, and the error for an unknown name."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from . import options
from .collection import Keep

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

#: Names of arguments in other libraries.
_ELSEWHERE = {
    "apikey": "api_key",
    "cert": "client_cert",
    "count": "limit",
    "deadline": "total_timeout",
    "key": "api_key",
    "max_results": "limit",
    "max_retries": "max_attempts",
    "min_confidence": "minimum_confidence",
    "min_score": "minimum_score",
    "proxies": "proxy",
    "region_id": "region",
    "retries": "max_attempts",
    "token": "api_token",
    "verify": "ca_file",
}


def method_of(call: Callable[..., Any], method: Any) -> Any:
    """The method that makes `call`, with the name, the signature and the docstring of that function: `client` becomes `self`,
    and the result is that of the Call."""
    written = signature(call)
    returned = typing.get_args(written.return_annotation) or typing.get_args(written.return_annotation.__orig_bases__[0])
    own, *rest = written.parameters.values()
    method.__signature__ = inspect.Signature(
        [own.replace(name="self", annotation=own.empty), *rest], return_annotation=returned[0]
    )
    method.__name__ = call.__name__
    method.__qualname__ = call.__name__
    method.__doc__ = documented(call)
    return method


class _Default:
    """The default in a signature of an argument for which None is a value of its own."""

    def __repr__(self) -> str:
        return "<default>"


_DEFAULT = _Default()


def unknown(name: str, known: Iterable[str], function: str) -> TypeError:
    """The error for an unknown keyword argument, with the one that was probably meant."""
    import difflib

    names = list(known)
    meant = [_ELSEWHERE[name]] if _ELSEWHERE.get(name) in names else difflib.get_close_matches(name, names, 1)
    hint = f"; did you mean {meant[0]!r}?" if meant else f"; there are {', '.join(sorted(names))}"
    return TypeError(f"{function}() got an unexpected keyword argument {name!r}{hint}")


@functools.cache
def signature(function: Callable[..., Any]) -> inspect.Signature:
    """The signature of a function with `**options: Unpack[...]` written out."""
    written = inspect.signature(function)
    hints = typing.get_type_hints(function)
    parameters = []
    for parameter in written.parameters.values():
        kind = hints.get(parameter.name, parameter.annotation)
        if parameter.kind is not parameter.VAR_KEYWORD:
            parameters.append(parameter.replace(annotation=kind))
            continue
        (named,) = typing.get_args(kind)
        for name, option in _options(named).items():
            kinds = typing.get_args(option)
            default = False if option is bool else None if type(None) in kinds and Keep not in kinds else _DEFAULT
            parameters.append(inspect.Parameter(name, parameter.KEYWORD_ONLY, default=default, annotation=option))
    return inspect.Signature(parameters, return_annotation=hints.get("return", inspect.Signature.empty))


@functools.cache
def _options(named: Any) -> dict[str, Any]:
    """The options of a TypedDict by name, followed by those of every call."""
    hints = typing.get_type_hints(named)
    return {name: hints[name] for name in sorted(hints, key=options.CallOptions.__annotations__.__contains__)}


@functools.cache
def documented(function: Callable[..., Any]) -> str:
    """The docstring of a function with that of its options."""
    (named,) = (typing.get_args(hint)[0] for name, hint in typing.get_type_hints(function).items() if name == "options")
    lines: list[str] = []
    for name in _options(named):
        # A TypedDict does not have its bases before 3.12: an option is documented where it is defined.
        lines += next(found[name] for found in (_documents(named), *map(_documents, _GROUPS)) if name in found)
    return f"{inspect.cleandoc(function.__doc__ or '')}\n\nKeyword arguments:\n" + "\n".join(lines)


_GROUPS = (options.CallOptions, options.RebuildOptions, options.BatchOptions, options.SearchOptions)


@functools.cache
def _documents(group: Any) -> dict[str, list[str]]:
    """The lines about each option in the docstring of its TypedDict."""
    found: dict[str, list[str]] = {}
    for line in inspect.cleandoc(group.__doc__).partition("Attributes:\n")[2].splitlines():
        name = line.strip().partition(":")[0]
        if not line.startswith("        "):
            latest = found.setdefault(name, [])
        latest.append(line)
    return found


def spelled(function: Decorated) -> Decorated:
    """For a function with `**options: Unpack[...]`: help() shows each keyword argument with its documentation, and an unknown
    name is refused with the one that was probably meant."""
    shown = signature(function)
    names = frozenset(name for name, parameter in shown.parameters.items() if parameter.kind is not parameter.POSITIONAL_ONLY)

    @functools.wraps(function)
    def checked(*arguments: Any, **given: Any) -> Any:
        if not names.issuperset(given):
            wrong = next(name for name in given if name not in names)
            given.clear()  # they may contain keys, which tracebacks with variables must not show
            raise unknown(wrong, keyword_names, type(arguments[0]).__name__ if opens else function.__name__) from None
        try:
            return function(*arguments, **given)
        except BaseException:
            given.clear()
            raise

    keyword_names = [name for name, one in shown.parameters.items() if one.kind is one.KEYWORD_ONLY]
    opens = function.__name__ == "__init__"
    checked.__signature__ = shown  # type: ignore[attr-defined]
    checked.__doc__ = documented(function)
    return checked  # type: ignore[return-value]
