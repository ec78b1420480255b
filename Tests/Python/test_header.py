"""The binding and include/imagesearch.h say the same: functions, structs and numbers, in both directions."""

from __future__ import annotations

import ctypes
import enum
import logging
from pathlib import Path
from typing import Dict, Type

import header
import imagesearch
import pytest
from imagesearch import Capability, Code, Outcome, OverlayStyle, QuotaUnit, _lib
from imagesearch._bound import function
from imagesearch._capi import C_TYPES, FUNCTIONS
from imagesearch._services import TMAPI_ENDPOINTS
from imagesearch._structs import STRUCTS


def test_the_reader_of_the_header_finds_what_a_person_finds() -> None:
    text = header.HEADER.read_text(encoding="utf-8")
    assert len(header.functions()) == sum(line.startswith("IMAGESEARCH_API ") for line in text.splitlines()) > 70
    assert len(header.structs()) == sum(line.startswith("} imagesearch_") for line in text.splitlines()) > 8
    assert header.functions()["imagesearch_match_transform"] == (
        "int32_t",
        ("const imagesearch_match *", "double [6]"),
    )


def test_functions() -> None:
    table = {line.name: (line.result, line.arguments) for line in FUNCTIONS}
    assert len(table) == len(FUNCTIONS), "a function is in the table twice"
    assert table == header.functions()


def test_only_functions_that_cannot_wait_keep_the_interpreter() -> None:
    # A function that waits while the interpreter is held could wait for a thread that wants to log through it.
    text = header.HEADER.read_text(encoding="utf-8")
    for line in FUNCTIONS:
        if not line.quick:
            continue
        comment = text[: text.index(" %s(" % line.name)] if " %s(" % line.name in text else text[: text.index("*%s(" % line.name)]
        comment = comment[comment.rindex("/**") :]
        assert "blocks" not in comment, line.name
        assert "callback" not in comment and "completion" not in comment, line.name


def test_struct_fields() -> None:
    described = header.structs()
    assert set(STRUCTS) == set(described)
    for name, struct in STRUCTS.items():
        fields = [(field[0], field[1]) for field in struct._fields_]
        assert [field for field, _ in fields] == [field for _, field in described[name]], name
        for (field, kind), (c_type, _) in zip(fields, described[name]):
            assert kind is C_TYPES[c_type], "%s.%s is %s" % (name, field, c_type)


def test_struct_layout(tmp_path: Path) -> None:
    expressions: Dict[str, str] = {}
    expected: Dict[str, int] = {}
    for name, struct in STRUCTS.items():
        expressions[name] = "sizeof(%s)" % name
        expected[name] = ctypes.sizeof(struct)
        for field in struct._fields_:
            key = "%s.%s" % (name, field[0])
            expressions[key] = "offsetof(%s, %s)" % (name, field[0])
            expected[key] = getattr(struct, field[0]).offset
    assert header.ask_compiler(expressions, tmp_path) == expected


def _numbers(prefix: str, kind: Type[enum.Enum]) -> Dict[str, int]:
    return {prefix + member.name: member.value for member in kind}


def test_numbers(tmp_path: Path) -> None:
    expected = {"IMAGESEARCH_OK": 0}
    expected.update(_numbers("IMAGESEARCH_", Code))
    expected.update(_numbers("IMAGESEARCH_OVERLAY_", OverlayStyle))
    expected.update(_numbers("IMAGESEARCH_UNIT_", QuotaUnit))
    expected.update(_numbers("IMAGESEARCH_", Outcome))
    expected.update({"IMAGESEARCH_CAN_%s" % name: int(bit) for name, bit in Capability.__members__.items()})
    expected.update(
        IMAGESEARCH_LOG_DEBUG=logging.DEBUG,
        IMAGESEARCH_LOG_INFO=logging.INFO,
        IMAGESEARCH_LOG_WARNING=logging.WARNING,
        IMAGESEARCH_LOG_ERROR=logging.ERROR,
    )
    numbers = {"SEARCH": "search/image", "GLOBAL": "global/search/image", "GLOBAL_V2": "global/search/image/v2"}
    expected.update({"IMAGESEARCH_TMAPI_" + name: TMAPI_ENDPOINTS[path] for name, path in numbers.items()})
    names = header.constants()
    assert len(names) == len(set(names))
    assert header.ask_compiler({name: name for name in names}, tmp_path) == expected


def test_versions(tmp_path: Path) -> None:
    answer = header.ask_compiler({"abi": "IMAGESEARCH_ABI_VERSION"}, tmp_path)
    assert answer["abi"] == _lib.ABI_VERSION
    assert 'IMAGESEARCH_VERSION "%s"' % imagesearch.__version__ in header.HEADER.read_text(encoding="utf-8")
    project = (header.ROOT / "python" / "pyproject.toml").read_text(encoding="utf-8")
    assert '\nversion = "%s"\n' % imagesearch.__version__ in project


@pytest.mark.parametrize("code", list(Code))
def test_names_of_codes(code: Code) -> None:
    # noSearchesLeft and NO_SEARCHES_LEFT are one name.
    name = function("status_name")(int(code)).decode()
    assert name.lower() == code.name.replace("_", "").lower()
