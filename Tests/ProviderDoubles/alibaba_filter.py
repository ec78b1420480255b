"""The filter language of 2020-12-14: `int_attr>=10 AND (str_attr="a" OR str_attr2 in ("b", "c"))`."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, Tuple

from alibaba_errors import Failure

TOKEN = re.compile(r'\s*(?:(\()|(\))|(,)|(>=|<=|!=|=|>|<)|"([^"]*)"|(-?\d+)|([A-Za-z_][A-Za-z0-9_]*))')
FIELD = re.compile(r"(int|str)_attr[234]?")
Test = Callable[[Dict[str, Any]], bool]
Token = Tuple[str, str]


def compile_filter(clause: str, deleting: bool = False) -> Test:
    """A test of an image's attributes (`int_attr`, `str_attr2`, …; absent ones never match).

    `deleting`: DeleteImage has no `in`, `not in`, and no `!=` on integers.
    """
    if len(clause) > 4096:
        raise Failure("InvalidFilterClause", "longer than 4096 characters")
    reader = _Reader(_tokens(clause), deleting)
    test = reader.either()
    if reader.position != len(reader.tokens):
        raise Failure("InvalidFilterClause", "something is left over at the end")
    return test


def _tokens(clause: str) -> List[Token]:
    kinds = ("(", ")", ",", "op", "str", "int", "word")
    tokens: List[Token] = []
    position = 0
    clause = clause.rstrip()
    while position < len(clause):
        found = TOKEN.match(clause, position)
        if not found:
            raise Failure("InvalidFilterClause", "at character %d" % position)
        for kind, text in zip(kinds, found.groups()):
            if text is not None:
                tokens.append((kind, text))
        position = found.end()
    return tokens


class _Reader:
    def __init__(self, tokens: List[Token], deleting: bool) -> None:
        self.tokens = tokens
        self.deleting = deleting
        self.position = 0

    def peek(self) -> Token:
        return self.tokens[self.position] if self.position < len(self.tokens) else ("end", "")

    def take(self, *kinds: str) -> str:
        kind, text = self.peek()
        if kind not in kinds:
            raise Failure("InvalidFilterClause", "%s expected" % " or ".join(kinds))
        self.position += 1
        return text

    def word(self, wanted: str) -> bool:
        if self.peek()[0] == "word" and self.peek()[1].upper() == wanted:
            self.position += 1
            return True
        return False

    def either(self) -> Test:
        tests = [self.both()]
        while self.word("OR"):
            tests.append(self.both())
        return lambda row: any(test(row) for test in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.word("AND"):
            tests.append(self.one())
        return lambda row: all(test(row) for test in tests)

    def one(self) -> Test:
        if self.peek()[0] == "(":
            self.take("(")
            inside = self.either()
            self.take(")")
            return inside
        field = self.take("word")
        if not FIELD.fullmatch(field):
            raise Failure("InvalidFilterClause", "%s is no attribute" % field)
        whole = field.startswith("int")
        negated = self.word("NOT")
        if negated or (self.peek()[0] == "word" and self.peek()[1].upper() == "IN"):
            if not self.word("IN"):
                raise Failure("InvalidFilterClause", "in expected after not")
            return self.membership(field, whole, negated)
        operator = self.take("op")
        return self.comparison(field, whole, operator)

    def value(self, whole: bool) -> Any:
        return int(self.take("int")) if whole else self.take("str")

    def membership(self, field: str, whole: bool, negated: bool) -> Test:
        if self.deleting:
            raise Failure("InvalidFilterClause", "in is not for DeleteImage")
        self.take("(")
        values = [self.value(whole)]
        while self.peek()[0] == ",":
            self.take(",")
            values.append(self.value(whole))
        self.take(")")
        return lambda row: row.get(field) is not None and (row[field] in values) != negated

    def comparison(self, field: str, whole: bool, operator: str) -> Test:
        if not whole and operator not in ("=", "!="):
            raise Failure("InvalidFilterClause", "%s is not for text" % operator)
        if self.deleting and whole and operator == "!=":
            raise Failure("InvalidFilterClause", "!= on integers is not for DeleteImage")
        value = self.value(whole)
        compare: Dict[str, Callable[[Any], bool]] = {
            "=": lambda held: bool(held == value),
            "!=": lambda held: bool(held != value),
            ">": lambda held: bool(held > value),
            ">=": lambda held: bool(held >= value),
            "<": lambda held: bool(held < value),
            "<=": lambda held: bool(held <= value),
        }
        return lambda row: row.get(field) is not None and compare[operator](row[field])
