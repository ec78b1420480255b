"""What the three protocols have in common: routes, authentication, and problems in a form that their clients understand."""

from __future__ import annotations

import base64
import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import ImageSearchError
from . import logs
from .keys import Scope
from .parameters import Parameters, read
from .problems import Problem, problem_of
from .service import Service

#: The handler of a request that was admitted and read.
Body = Callable[[Request, Parameters], Awaitable[Response]]


class Dialect:
    """One of the protocols."""

    name = ""

    def failure(self, call: str, problem: Problem) -> Response:
        """The response to a call that failed."""
        raise NotImplementedError

    async def admit(self, service: Service, request: Request, scope: Scope) -> Parameters | None:
        """Admits a request before its body is read; returns its parameters if they had to be read for that."""
        service.admit(request, scope, _token(request))
        return None

    def route(
        self,
        service: Service,
        path: str,
        methods: list[str],
        call: str,
        scope: Scope | None,
        body: Body,
        *,
        heavy: bool = False,
    ) -> Route:
        """A route of the dialect. Without a scope, everyone is admitted. A heavy call waits for a turn later, and is refused
        before its body is read if the queue is full."""

        async def endpoint(request: Request) -> Response:
            request.state.protocol, request.state.call = self.name, call
            try:
                begun = time.monotonic()
                parameters = None
                if scope is None:
                    service.admit_anyone(request)
                else:
                    parameters = await self.admit(service, request, scope)
                if (index := request.path_params.get("index")) is not None:
                    service.index(index)
                if heavy:
                    service.gate.check()
                if parameters is None:
                    parameters = await read(request)
                service.metrics.stages.labels("read").observe(time.monotonic() - begun)
                return await body(request, parameters)
            except ImageSearchError as error:
                problem = problem_of(error)
                if problem.status >= 500:
                    logs.events.error("request %s: %s", request.state.request_id, error)
            except Problem as error:
                problem = error
            service.metrics.count(problem)
            return self.failure(call, problem)

        return Route(path, endpoint, methods=methods, name=f"{self.name}.{call}")


def _token(request: Request) -> str | None:
    """The key of a request: in a header of its own, as a bearer token, or as the password of HTTP Basic."""
    own = request.headers.get("x-api-key")
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if own is not None or kind.lower() not in ("bearer", "basic"):
        return own
    if kind.lower() == "bearer":
        return value.strip()
    try:
        return base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")[2]
    except ValueError:
        return None
