"""The visible interface of the package: signatures, names, and errors of invalid arguments."""

from __future__ import annotations

import ast
import inspect
import io
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import header
import pytest
from conftest import KEY

import imagesearch
from imagesearch import LocalIndex, TinEye, aio, options

CLIENTS = [getattr(imagesearch, name) for name in ("TinEye", "AlibabaCloud", "TMAPI", "LocalIndex")]
ASYNC = [getattr(imagesearch, "Async" + kind.__name__) for kind in CLIENTS]
CALLS = ("search", "search_all", "search_pages", "remaining_searches", "ensure_quota", "image_count", "add_images", "overlay")
BATCHES = ("add_folder", "add_files", "rebuild", "rebuild_at", "copy_to")


def called() -> list[Any]:
    found = [*CLIENTS, *ASYNC]
    found += [getattr(kind, name) for kind in CLIENTS + ASYNC for name in CALLS]
    return found + [getattr(kind, name) for kind in (LocalIndex, imagesearch.AsyncLocalIndex) for name in BATCHES]


@pytest.mark.parametrize("function", called(), ids=lambda function: f"{function.__module__}.{function.__qualname__}")
def test_every_keyword_argument_stands_in_the_signature_and_is_explained(function: Any) -> None:
    parameters = inspect.signature(function).parameters.values()
    assert not any(one.kind is one.VAR_KEYWORD for one in parameters)
    keywords = [one.name for one in parameters if one.kind is one.KEYWORD_ONLY]
    assert len(keywords) >= 4 and "timeout" in keywords
    document = str(function.__init__.__doc__ if inspect.isclass(function) else function.__doc__)
    for name in keywords:
        assert f"{name}:" in document or f"{name}, " in document, name
    assert all(one.annotation is not one.empty for one in parameters if one.name != "self")


def test_the_signature_says_what_the_call_returns() -> None:
    returned = inspect.signature(LocalIndex.search).return_annotation
    assert returned is imagesearch.SearchPage
    assert inspect.signature(LocalIndex.add_folder).return_annotation is imagesearch.AddReport
    assert inspect.iscoroutinefunction(aio.AsyncTinEye.search)


@pytest.mark.parametrize("module", ["client", "aio"])
def test_editors_and_type_checkers_see_what_help_shows(module: str) -> None:
    command = [sys.executable, str(header.ROOT / "scripts" / "generate-stubs.py"), "--check"]
    assert subprocess.run(command, capture_output=True, text=True).stderr == ""
    stub = ast.parse((header.ROOT / "python" / "imagesearch" / f"{module}.pyi").read_text("utf-8"))
    seen = 0
    for kind in (node for node in stub.body if isinstance(node, ast.ClassDef)):
        for method in (node for node in kind.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))):
            actual = getattr(getattr(imagesearch, kind.name), method.name)
            shown = inspect.signature(actual).parameters
            written = [one.arg for one in (*method.args.args, *method.args.kwonlyargs)]
            if not method.name.startswith("__") or method.name == "__init__":
                assert written == list(shown), f"{kind.name}.{method.name}"
                assert [one.arg for one in method.args.kwonlyargs] == [
                    name for name, one in shown.items() if one.kind is one.KEYWORD_ONLY
                ]
                assert inspect.iscoroutinefunction(actual) == isinstance(method, ast.AsyncFunctionDef) or method.name == "close"
                seen += 1
        public = {name for name, value in vars(getattr(imagesearch, kind.name)).items() if callable(value)}
        missing = {name for name in public if not name.startswith("_")} - {getattr(node, "name", "") for node in kind.body}
        assert not missing, f"{kind.name}: {missing}"
    assert seen > 35


def test_documents_of_options_explain_every_one() -> None:
    for name in (
        "CallOptions",
        "ClientOptions",
        "BatchOptions",
        "FolderOptions",
        "SearchOptions",
        "CopyOptions",
        "RebuildOptions",
    ):
        group = getattr(options, name)
        assert group is getattr(imagesearch, name)
        for option in typing.get_type_hints(group):
            assert option in inspect.signature(TinEye).parameters or any(
                option in inspect.signature(getattr(LocalIndex, call)).parameters for call in (*CALLS, *BATCHES)
            )


@pytest.mark.parametrize(
    "wrong, meant",
    [
        ({"limt": 3}, "'limit'"),
        ({"deadline": 3}, "'total_timeout'"),
        ({"max_results": 3}, "'limit'"),
        ({"min_score": 3}, "'minimum_score'"),
        ({"xyzzy": 3}, "there are "),
    ],
)
def test_an_unknown_name_is_answered_with_the_one_that_was_meant(tineye: TinEye, wrong: Any, meant: str) -> None:
    for call in (tineye.search, tineye.search_pages, tineye.search_all):
        with pytest.raises(TypeError, match="unexpected keyword argument") as caught:
            call("x.png", **wrong)
        assert meant in str(caught.value) and call.__name__ in str(caught.value)


@pytest.mark.parametrize("kind", CLIENTS + ASYNC)
def test_an_unknown_name_of_a_client(kind: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{kind.__name__}\(\) got .*'proxies'.*did you mean 'proxy'"):
        kind(proxies="http://user:secret@proxy.example")


WRONG: list[tuple[Any, str]] = [
    ({"limit": "3"}, "limit must be int, not str"),
    ({"limit": 1.5}, "limit must be int, not float"),
    ({"minimum_score": "high"}, "minimum_score must be a number, not str"),
    ({"category": b"mugs"}, r"category must be str, not bytes: decode it"),
    ({"region": 3}, "region must be four numbers"),
    ({"parameters": "sort=size"}, "parameters must be a dict, not str"),
    ({"parameters": {"sort": 1}}, "the parameter 'sort' must be str, not int"),
    ({"timeout": "3"}, "timeout must be a number, not str"),
    ({"timeout": None}, "timeout is None, which is no time.*Leave it out"),
    ({"total_timeout": None}, "total_timeout is None"),
    ({"connect_timeout": None}, "connect_timeout is None"),
    ({"on_transfer": 3}, "on_transfer must be a function, not int"),
]


@pytest.mark.parametrize("given, words", WRONG, ids=[str(given) for given, _ in WRONG])
def test_a_value_of_a_wrong_type_is_named(tineye: TinEye, given: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        tineye.search("https://a.example/x.png", **given)


@pytest.mark.parametrize(
    "given, words",
    [
        ({"timeout": None}, "timeout is None"),
        ({"max_attempts": "3"}, "max_attempts must be int, not str"),
        ({"logger": "imagesearch"}, "logger must be a logging.Logger, not str"),
        ({"ca_file": 3}, "ca_file must be a path"),
        ({"no_proxy": 3}, "no_proxy must be str or several str"),
        ({"allow_private_addresses": "no"}, "allow_private_addresses must be bool, not str"),
    ],
)
def test_an_option_of_a_wrong_type_is_named(given: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        TinEye(api_key=KEY, **given)


def test_limits_are_the_librarys(tmp_path: Path) -> None:
    with pytest.raises(imagesearch.InvalidArgumentError, match="attempts"):
        TinEye(api_key=KEY, max_attempts=11)
    with LocalIndex(tmp_path / "index") as index, pytest.raises(imagesearch.InvalidArgumentError):
        index.add_folder(tmp_path, threads=257)


@pytest.mark.parametrize(
    "given, words",
    [
        (b"\x89PNG\r\n\x1a\n....".decode("latin-1"), "holds the bytes of a file"),
        (b"\x89PNG\r\n\x1a\n....".decode("utf-8", "surrogateescape"), "holds the bytes of a file"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF".decode("latin-1"), "holds the bytes of a file"),
        ("b'\\x89PNG...'" + "x" * 300, "holds the bytes of a file"),
        ("iVBORw0KGgo" + "A" * 3000, "base64.b64decode"),
        (io.StringIO("x"), r'open\(path, "rb"\)'),
        (io.TextIOWrapper(io.BytesIO(b"x")), r'open\(path, "rb"\)'),
        (3, "an image is a path, an http"),
        (["a.png"], "an image is a path, an http"),
    ],
)
def test_what_is_no_image_says_what_to_do(tineye: TinEye, given: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words) as caught:
        tineye.search(given)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("given", ["example.com/cat.jpg", "www.example.com/a.png", "images.example.co.uk:8080/x"])
def test_an_address_without_a_scheme(tineye: TinEye, given: str) -> None:
    with pytest.raises(imagesearch.FileError, match="https://") as caught:
        tineye.search(given)
    assert isinstance(caught.value, OSError) and given in str(caught.value)


def test_keys_of_the_environment(monkeypatch: pytest.MonkeyPatch, base_url: str) -> None:
    monkeypatch.delenv("TINEYE_API_KEY", raising=False)
    monkeypatch.delenv("TMAPI_API_TOKEN", raising=False)
    for kind, name in ((TinEye, "TINEYE_API_KEY"), (imagesearch.TMAPI, "TMAPI_API_TOKEN")):
        with pytest.raises(imagesearch.InvalidArgumentError, match=name):
            kind()
        monkeypatch.setenv(name, "")
        with pytest.raises(imagesearch.InvalidArgumentError, match=name):
            kind()
        monkeypatch.setenv(name, KEY)
        kind().close()
    with TinEye(base_url=base_url) as client:
        assert client.image_count() > 0
    # A given pair is not mixed with the key of the environment.
    TinEye(public_key="a", private_key="b").close()


def test_the_clients_for_asyncio_are_loaded_when_used() -> None:
    program = (
        "import sys, imagesearch\n"
        "assert 'asyncio' not in sys.modules and 'imagesearch.aio' not in sys.modules\n"
        "assert all(getattr(imagesearch, name) is not None for name in imagesearch.__all__)\n"
        "assert imagesearch.AsyncTinEye.__module__ == 'imagesearch.aio'\n"
        "from imagesearch import AsyncLocalIndex\n"
        "assert not {'numpy', 'PIL', 'pandas', 'polars', 'tqdm', 'rich', 'difflib'} & set(sys.modules)\n"
    )
    environment = {"PYTHONPATH": str(header.ROOT / "python")}
    done = subprocess.run([sys.executable, "-S", "-c", program], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with pytest.raises(AttributeError):
        imagesearch.AsyncNothing  # noqa: B018


def test_every_type_of_a_public_signature_is_exported() -> None:
    public = {getattr(imagesearch, name) for name in imagesearch.__all__ if isinstance(getattr(imagesearch, name), type)}
    seen: set[Any] = set()

    def collect(kind: Any) -> None:
        for part in typing.get_args(kind):
            collect(part)
        if isinstance(kind, type) and kind.__module__.startswith("imagesearch") and not typing.get_args(kind):
            seen.add(kind)

    for function in called():
        shown = inspect.signature(function)
        for one in shown.parameters.values():
            collect(one.annotation)
        collect(shown.return_annotation)
    seen.discard(imagesearch.client.Connection)  # type: ignore[attr-defined]
    assert len(seen) > 10 and seen <= public, seen - public


ALSO: dict[Any, Any] = {
    imagesearch.InvalidArgumentError: ValueError,
    imagesearch.FileError: OSError,
    imagesearch.OutOfMemoryError: MemoryError,
    imagesearch.ConnectionFailedError: ConnectionError,
    imagesearch.TimedOutError: TimeoutError,
    imagesearch.DiskFullError: OSError,
}


@pytest.mark.parametrize("kind", list(ALSO))
def test_what_is_a_builtin_error_can_be_caught_as_that(kind: Any) -> None:
    error = kind(5, "no", retry_after=1.5, may_have_been_charged=True)
    assert isinstance(error, ALSO[kind]) and str(error) == "no (FILE_NOT_READABLE)" and error.retry_after == 1.5
    assert not issubclass(imagesearch.CancelledError, imagesearch.UsageError)


def test_the_tree_in_the_document_of_the_module_is_the_tree_of_the_classes() -> None:
    from imagesearch import errors

    written = {}
    stack: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        words = line.replace("│", " ").replace("├──", "   ").replace("└──", "   ").split()
        if words and words[0].endswith("Error") and line.startswith("    "):
            depth = (len(line) - len(line.lstrip(" │├└─")) - 4) // 4
            stack[depth:] = [words[0]]
            written[words[0]] = stack[depth - 1] if depth else None
    for name, parent in written.items():
        assert getattr(imagesearch, name).__bases__[0].__name__ == (parent or "Exception"), name
    defined = {name for name in dir(errors) if name.endswith("Error") and isinstance(getattr(errors, name), type)}
    assert set(written) == defined
