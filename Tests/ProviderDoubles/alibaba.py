#!/usr/bin/env python3
"""A server that behaves as Alibaba Cloud Image Search does, in three generations, together with the open platform's upload
grants and the temporary object store. See README.md beside this file."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from typing import Any, Deque, Dict, Optional

import alibaba_errors
import alibaba_packed as packed
from alibaba_actions import ACTIONS, COMMON, read
from alibaba_calls import Calls
from alibaba_errors import Failure
from alibaba_gate import Gate
from alibaba_instance import OTHER, Instance
from alibaba_old import PATHS, V2_KEYS, Old
from alibaba_upload import ObjectStore
from doublekit import images
from doublekit.launch import run
from doublekit.messages import Request, Response
from doublekit.provider import Provider


def built_in() -> Dict[str, bytes]:
    """Images under /_double/images/<name>; the first four are accepted by every generation."""
    return {
        "shoes1.png": images.pattern_png(120, 100, (255, 220, 140), 1),
        "shoes2.png": images.pattern_png(120, 100, (120, 255, 200), 2),
        "bag.bmp": images.bmp(120, 100),
        "query.png": images.pattern_png(100, 130, (90, 200, 255), 9),
        "small.png": images.pattern_png(99, 120, (90, 200, 255), 3),  # UnsupportedPicPixels
    }


class Alibaba(Provider):
    name = "alibaba"
    errors = alibaba_errors.script_table()
    defaults: Dict[str, Any] = {
        # AccessKeyId -> secret, or {"secret": …, "token": …} for a key of the token service (STS)
        "keys": {"testid": "testsecret", "STS.testid": {"secret": "sts-secret", "token": "sts-token"}},
        # name -> fields of alibaba_instance.Instance
        "instances": {"goodssearch": {}, "demoinstance1": {}, "generic": {"service_type": 1}, "fabric": {"service_type": 2}},
        "no_permission": [],  # AccessKeyIds that get NoPermission
        "clock_skew": 0,  # seconds the server's clock is ahead
        "signature_window": 900,  # seconds, ACS3 and ROA
        "rpc_window": 1860,  # 31 minutes
        "require_nonce": False,  # ROA: the vendor's page says mandatory, the vendor's SDK sends none
        "qps": {},  # "search", "add", "delete", "detail" -> calls per second, else 403 DeniedRequest
        "check_images": True,  # false accepts any bytes as an image of 100 x 100
        "base64_2020": False,  # whether 2020-12-14 accepts base64 in PicContent; not established, so no
        "swap_docs": False,  # DocsFound and DocsReturn of 2020-12-14 exchanged
        "call_seconds": 0.0,  # duration of a call
        "oss_endpoint": None,  # default: oss.localhost and our TLS port (plain port without TLS)
        "oss_host_suffix": ".oss.localhost",  # hosts with this suffix are the object store
        "openplatform_host": None,  # e.g. "openplatform.localhost": AuthorizeFileUpload is refused elsewhere
        "upload_seconds": 3600,  # lifetime of an upload grant
    }  # fmt: skip

    def reset(self) -> None:
        super().reset()
        with self.lock:
            self.files = _FILES
            self.instances = {name: Instance(name, **row) for name, row in self.settings["instances"].items()}
            self.gate = Gate()
            self.store = ObjectStore()
            self.jobs: Dict[str, Any] = {}
            self.recent: Dict[str, Deque[float]] = {}

    def change_settings(self, changes: Dict[str, Any]) -> None:
        super().change_settings(changes)
        if "instances" in changes:
            with self.lock:
                self.instances = {name: Instance(name, **row) for name, row in changes["instances"].items()}

    def is_store(self, request: Request) -> bool:
        host = (request.header("Host") or "").split(":")[0]
        return host.endswith(self.settings["oss_host_suffix"])

    def kind(self, request: Request) -> str:
        if self.is_store(request):
            return "oss_upload"
        if request.path in PATHS:
            return PATHS[request.path][0]
        return self.action(request) or "unknown"

    @staticmethod
    def action(request: Request) -> str:
        return request.header("x-acs-action") or dict(request.query).get("Action", "")

    def answer(self, request: Request) -> Response:
        try:
            if self.is_store(request):
                with self.lock:
                    return self.store.upload(request, self.now())
            request.notes["auth"] = self.gate.check(request, self.settings, self.now())
            if self.access_key(request) in self.settings["no_permission"]:
                raise Failure("NoPermission")
            if self.settings["call_seconds"]:
                time.sleep(self.settings["call_seconds"])
            if request.path in PATHS:
                body = self.old(request)
            elif self.action(request) == "AuthorizeFileUpload":
                body = self.authorize(request)
            else:
                body = self.rpc(request)
            return Response.json(200, {"RequestId": alibaba_errors.request_id(), **body})
        except Failure as failure:
            return failure.response()

    @staticmethod
    def access_key(request: Request) -> str:
        authorization = request.header("Authorization") or ""
        if authorization.startswith("ACS3-"):
            return authorization.split("Credential=")[-1].split(",")[0]
        if authorization.startswith("acs "):
            return authorization[4:].split(":")[0]
        return dict(request.query).get("AccessKeyId", "")

    # The generations

    def rpc(self, request: Request) -> Dict[str, Any]:
        action = self.action(request)
        version = request.header("x-acs-version") or dict(request.query).get("Version", "")
        if request.path != "/" or request.method != "POST":
            raise Failure("InvalidParameter", "calls of 2020-12-14 are POST /")
        if version != "2020-12-14":
            raise Failure("InvalidVersion", version)
        if action not in ACTIONS:
            raise Failure("InvalidAction.NotFound", action)
        self.check_form(request)
        parameters = read(action, request.query, request.form.fields)
        with self.lock:
            instance = self.instance(parameters["InstanceName"])
            self.flow(ACTIONS[action].limit)
            calls = Calls(self.content_2020, self.settings, int(self.now() * 1000), self.jobs)
            body = calls.run(action, instance, parameters)
            if ACTIONS[action].paid:
                self.charge(action)
        return body

    @staticmethod
    def check_form(request: Request) -> None:
        if request.body and request.form.kind != "urlencoded":
            raise Failure("InvalidParameter", "the body is application/x-www-form-urlencoded")
        if request.form.problem:
            raise Failure("InvalidParameter", request.form.problem)

    def content_2020(self, content: str) -> bytes:
        data = self.store.fetch(content)
        if data is not None:
            return data
        if content.startswith(("http://", "https://")):
            raise Failure("PictureError" if self.store.names(content) else "InvalidPicUrl")
        if self.settings["base64_2020"]:
            return packed.decode_base64(content.encode("utf-8"), "InvalidPicContent")
        raise Failure("InvalidPicUrl", "PicContent of 2020-12-14 is the URL of an uploaded object")

    def old(self, request: Request) -> Dict[str, Any]:
        kind, version, limit = PATHS[request.path]
        if request.method != "POST" or request.header("x-acs-version") != version:
            raise Failure("InvalidVersion", "POST %s has x-acs-version %s" % (request.path, version))
        old = Old(self.settings)
        query = dict(request.query)
        if kind.startswith("item_"):
            media = (request.header("Content-Type") or "").split(";")[0]
            if media != "application/octet-stream":
                raise Failure("BadRequest", "Content-Type is application/octet-stream")
            values: Any = packed.unpack(request.body)
            name = query.get("instanceName")
        else:
            self.check_form(request)
            values = dict(request.form.fields)
            unknown = sorted(set(values) - set(V2_KEYS[kind]))
            if unknown or len(values) != len(request.form.fields):
                raise Failure("InvalidParameter", "unknown or repeated: %s" % unknown)
            name = values.get("InstanceName")
        if set(query) - {"instanceName", "RegionId"}:
            raise Failure("InvalidParameter", "the query has only instanceName and RegionId")
        with self.lock:
            instance = self.instance(name or "")
            self.flow(limit)
            body: Dict[str, Any] = getattr(old, kind)(instance, values)
            if limit == "search":
                self.charge(kind)
        return body

    def authorize(self, request: Request) -> Dict[str, Any]:
        wanted = self.settings["openplatform_host"]
        if wanted and (request.header("Host") or "").split(":")[0] != wanted:
            raise Failure("InvalidAction.NotFound", "AuthorizeFileUpload belongs to the open platform")
        query = dict(request.query)
        version = request.header("x-acs-version") or query.get("Version", "")
        if request.method != "GET" or version != "2019-12-19":
            raise Failure("InvalidVersion", "GET with version 2019-12-19")
        own = {name: value for name, value in query.items() if name == "RegionId" or name not in COMMON}
        if set(own) != {"Product", "RegionId"} or own["Product"] != "ImageSearch":
            raise Failure("InvalidParameter", "Product=ImageSearch and RegionId")
        with self.lock:
            return self.store.authorize(self.oss_endpoint(), self.now(), self.settings["upload_seconds"])

    def oss_endpoint(self) -> str:
        return self.settings["oss_endpoint"] or "oss.localhost:%d" % (self.tls_port or self.plain_port)

    def instance(self, name: str) -> Instance:
        instance = self.instances.get(name)
        if instance is None:
            raise Failure("InvalidInstanceName", name[:40])
        if instance.status != "ok":
            raise Failure("InstanceStatusError")
        return instance

    def flow(self, limit: str) -> None:
        """Flow control: a maximum number of calls of a kind in any second."""
        allowed: Optional[int] = self.settings["qps"].get(limit)
        if allowed is None:
            return
        times = self.recent.setdefault(limit, deque())
        now = time.monotonic()
        while times and times[0] <= now - 1:
            times.popleft()
        if len(times) >= allowed:
            raise Failure("DeniedRequest")
        times.append(now)

    # Control calls of this double

    def control(self, method: str, path: str, body: Any, query: Dict[str, str]) -> Optional[Response]:
        if path == "images":
            rows = {n: {"sha256": hashlib.sha256(d).hexdigest(), "length": len(d)} for n, d in self.files.items()}
            return Response.json(200, rows)
        if path.startswith("images/") and path[len("images/") :] in self.files:
            return Response(200, self.files[path[len("images/") :]], [("Content-Type", "application/octet-stream")])
        with self.lock:
            instance = self.instances.get((body or query).get("instance", ""))
            if instance is None:
                return None
            if path == "fill" and method == "POST":
                instance.fill(int(body["count"]), int(body.get("category", OTHER)), body.get("sha256"))
            elif path == "similar" and method == "POST":
                matches = [((m["product_id"], m["pic_name"]), float(m["score"])) for m in body["matches"]]
                instance.similar[body["sha256"]] = matches
            elif path != "instance":
                return None
            held = [vars(row) for row in instance.images.values()]
            return Response.json(200, {"total": instance.total(), "images": held[: int(query.get("limit", 1000))]})

    def status(self) -> Dict[str, Any]:
        return {
            "oss_endpoint": self.oss_endpoint(),
            "uploads": len(self.store.objects),
            "instances": {name: instance.total() for name, instance in self.instances.items()},
        }


_FILES = built_in()

if __name__ == "__main__":
    run(Alibaba)
