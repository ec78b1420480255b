"""_abi.py is the output of scripts/generate-abi.py, and its functions, structs and numbers agree with the
C compiler."""

from __future__ import annotations

import ctypes
import enum
import logging
import re
import subprocess
import sys
from pathlib import Path

import cheader
import header
import pytest

import imagesearch
from imagesearch import Code, _abi
from imagesearch._library import function
from imagesearch._services import TMAPI_ENDPOINTS

READ = cheader.read()
#: Names that cannot begin with a digit.
VERSIONS = [version.name for version in _abi.AlibabaCloudVersion]


def test_the_reader_of_the_header_finds_what_a_person_finds() -> None:
    lines = header.HEADER.read_text(encoding="utf-8").splitlines()
    assert len(READ.functions) == sum(line.startswith("IMAGESEARCH_API ") for line in lines) > 40
    structs = [one for one in READ.types if isinstance(one, cheader.Struct)]
    assert len(structs) == sum(line.startswith("} imagesearch_") for line in lines) > 8
    assert all(field.name and field.kind for struct in structs for field in struct.fields)


def test_the_generated_file_is_up_to_date() -> None:
    command = [sys.executable, str(header.ROOT / "scripts" / "generate-abi.py"), "--check"]
    assert subprocess.run(command, capture_output=True, text=True).stderr == ""


def test_every_function_is_there_once() -> None:
    assert sorted("imagesearch_" + line.name for line in _abi.FUNCTIONS) == sorted(one.name for one in READ.functions)


#: Functions that Python does not use, with the reasons.
NOT_CALLED = {
    "_init$": "a struct is made by _abi.new()",
    "^abi_version$": "called before anything is bound",
    "^error_(status|message)$|^match_(?!read)|^page_(next_offset|has_more)$|^quota_remaining$": "error_read() and so on give all",
    "^(add_report|results)_failed_count$": "counted from what was read",
}


def test_every_function_is_called_from_python_or_there_is_a_reason() -> None:
    import imagesearch.aio
    from imagesearch._library import BOUND

    assert imagesearch.build_info()["imagesearch"] == imagesearch.__version__
    assert imagesearch.build_info()["local-index"] in ("yes", "no")
    left = {line.name for line in _abi.FUNCTIONS} - set(BOUND)
    reasons = {name: [why for pattern, why in NOT_CALLED.items() if re.search(pattern, name)] for name in left}
    assert {name for name, why in reasons.items() if not why} == set()
    for pattern in NOT_CALLED:
        assert any(re.search(pattern, name) for name in left), f"nothing is left out because of {pattern}"


def test_only_functions_that_cannot_wait_keep_the_interpreter() -> None:
    # A function that blocks while holding the GIL could wait for a thread that needs the GIL for logging.
    comments = {one.name: one.comment.lower() for one in READ.functions}
    callbacks = {one.name for one in READ.types if isinstance(one, cheader.Callback)}
    kept = [line for line in _abi.FUNCTIONS if not line.leaves]
    assert 10 < len(kept) < len(_abi.FUNCTIONS)
    for line in kept:
        parameters = next(one.parameters for one in READ.functions if one.name == "imagesearch_" + line.name)
        kinds = {one.kind for one in parameters}
        assert " blocks" not in comments["imagesearch_" + line.name].replace("does not block", ""), line.name
        assert not kinds & callbacks, line.name
        handles = {kind.removeprefix("const ").removesuffix(" *") for kind in kinds}
        assert not handles & {"imagesearch_client", "imagesearch_operation", "imagesearch_queue", "imagesearch_pages"}, (
            line.name
        )


def test_struct_layout(tmp_path: Path) -> None:
    expressions: dict[str, str] = {}
    expected: dict[str, int] = {}
    assert set(_abi.STRUCTS) == {one.name for one in READ.types if isinstance(one, cheader.Struct)}
    for name, struct in _abi.STRUCTS.items():
        expressions[name] = f"sizeof({name})"
        expected[name] = ctypes.sizeof(struct)
        for field in struct._fields_:
            key = f"{name}.{field[0]}"
            expressions[key] = f"offsetof({name}, {field[0]})"
            expected[key] = getattr(struct, field[0]).offset
    assert header.ask_compiler(expressions, tmp_path) == expected


def test_numbers(tmp_path: Path) -> None:
    names = [constant.name for one in READ.types if isinstance(one, cheader.Numbers) for constant in one.constants]
    assert len(names) == len(set(names)) > 60
    answers = header.ask_compiler({name: name for name in names}, tmp_path)
    assert answers.pop("IMAGESEARCH_OK") == 0
    kinds = [one for one in vars(_abi).values() if isinstance(one, type) and issubclass(one, enum.IntEnum | enum.IntFlag)]
    members = [member for kind in kinds for member in kind]
    assert len(members) == len(answers)
    for member in members:
        assert any(
            name.endswith("_" + str(member.name).lstrip("V") if member.name in VERSIONS else f"_{member.name}")
            and value == member
            for name, value in answers.items()
        ), member


def test_numbers_that_python_has_words_for() -> None:
    assert list(_abi.LogLevel) == [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR]
    assert set(TMAPI_ENDPOINTS.values()) == set(_abi.TMAPIEndpoint)
    for name in ("Capability", "Outcome", "OverlayStyle", "QuotaUnit"):
        assert getattr(imagesearch, name) is getattr(_abi, name), "public as it is"


def test_versions(tmp_path: Path) -> None:
    answer = header.ask_compiler({"abi": "IMAGESEARCH_ABI_VERSION"}, tmp_path)
    assert answer["abi"] == _abi.ABI_VERSION
    assert imagesearch.__version__ == _abi.VERSION
    project = (header.ROOT / "python" / "pyproject.toml").read_text(encoding="utf-8")
    assert '\nversion = { attr = "imagesearch._abi.VERSION" }\n' in project, "it stands in one place"


@pytest.mark.parametrize("code", list(Code))
def test_names_of_codes(code: Code) -> None:
    # noSearchesLeft and NO_SEARCHES_LEFT are one name.
    name = function("status_name")(int(code)).decode()
    assert name.lower() == code.name.replace("_", "").lower()
