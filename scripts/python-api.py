#!/usr/bin/env python3
"""Prints the public interface of the Python package in the form of a stub: every public name with its signature, including members of base
classes, in a stable order. The baseline for a diff is packaging/abi/python-api.pyi. Needs a library that loads.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import inspect
import re
from typing import Any

#: The modules that users import from. Extras have their own requirements and are not part of the stable interface.
MODULES = ("imagesearch", "imagesearch.aio", "imagesearch.options")
#: Members that Python itself adds.
FOREIGN = (object, BaseException, Exception, OSError, TimeoutError, ImportError, ValueError, int, tuple, dict, list)


def short(text: str) -> str:
    """A type by its imported name."""
    return re.sub(r"\b(?:collections\.abc|typing|imagesearch\.\w+|os|logging)\.(?=[A-Z])", "", text.replace("'", ""))


def signature(function: Any) -> str:
    """Names, kinds, defaults and the result. Types of parameters are left to mypy, since each Python version prints them differently."""
    try:
        found = inspect.signature(function)
    except (TypeError, ValueError):
        return "(...)"
    parameters = [one.replace(annotation=inspect.Parameter.empty) for one in found.parameters.values()]
    result = found.return_annotation
    shown = (
        ""
        if result is inspect.Signature.empty
        else f" -> {result if isinstance(result, str) else inspect.formatannotation(result)}"
    )
    text = str(inspect.Signature(parameters)) + shown.replace("NoneType", "None")
    # Addresses of objects are not part of the interface.
    return short(re.sub(r" at 0x[0-9a-f]+", "", text))


def members(cls: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base in FOREIGN or not base.__module__.startswith("imagesearch"):
            continue
        for name, value in vars(base).items():
            if not name.startswith("_") or name in (
                "__init__",
                "__enter__",
                "__aenter__",
                "__iter__",
                "__aiter__",
                "__len__",
                "__getitem__",
            ):
                found[name] = value
    return found


def class_lines(name: str, cls: type) -> list[str]:
    bases = ", ".join(base.__name__ for base in cls.__bases__ if base is not object and not base.__name__.startswith("_"))
    lines = [f"class {name}({bases}):" if bases else f"class {name}:"]
    if issubclass(cls, enum.Enum):
        return lines + [f"    {member} = {value.value!r}" for member, value in cls.__members__.items()]
    fields = {field.name: field for field in dataclasses.fields(cls)} if dataclasses.is_dataclass(cls) else {}
    for field in fields.values():
        lines.append(f"    {field.name}: {short(str(field.type))}")
    for member, value in sorted(members(cls).items()):
        if member in fields:
            continue
        if isinstance(value, property):
            result = getattr(value.fget, "__annotations__", {}).get("return", "Any")
            result = short(result if isinstance(result, str) else inspect.formatannotation(result))
            lines += ["    @property", f"    def {member}(self) -> {result}: ..."]
        elif isinstance(value, (classmethod, staticmethod)):
            lines += [f"    @{type(value).__name__}", f"    def {member}{signature(value.__func__)}: ..."]
        elif inspect.isfunction(value):
            word = "async def" if inspect.iscoroutinefunction(value) else "def"
            lines.append(f"    {word} {member}{signature(value)}: ...")
        elif not inspect.isclass(value) and type(value).__name__ not in ("member_descriptor", "_tuplegetter"):
            lines.append(f"    {member}: {type(value).__name__}")
        elif type(value).__name__ in ("member_descriptor", "_tuplegetter"):
            kind = vars(cls).get("__annotations__", {}).get(member, "Any")
            lines.append(f"    {member}: {short(getattr(kind, '__forward_arg__', str(kind)))}")
    return lines if len(lines) > 1 else [lines[0] + " ..."]


def module_lines(name: str) -> list[str]:
    module = importlib.import_module(name)
    public = sorted(getattr(module, "__all__", None) or [one for one in vars(module) if not one.startswith("_")])
    lines = [f"# {name}"]
    for one in public:
        value = getattr(module, one)
        if inspect.ismodule(value) or (not hasattr(module, "__all__") and getattr(value, "__module__", name) != name):
            continue
        if inspect.isclass(value):
            lines += ["", *class_lines(one, value)]
        elif inspect.isfunction(value):
            word = "async def" if inspect.iscoroutinefunction(value) else "def"
            lines += ["", f"{word} {one}{signature(value)}: ..."]
        else:
            lines += ["", f"{one}: {type(value).__name__}"]
    return [*lines, "", ""]


def main() -> None:
    print("\n".join(line for name in MODULES for line in module_lines(name)).rstrip())


main()
