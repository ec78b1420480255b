"""Runs calls of aliyun-python-sdk-imagesearch 1.0.1 (2018-01-20): a JSON list of calls on standard input, responses on output.

The package was written for Python 2, where base64 of text is text. On Python 3 its own methods fail on mixing bytes with
text, so its `base64` is replaced by one that behaves as in Python 2; nothing else is changed.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any, Dict, Union

from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkimagesearch.request.v20180120 import AddItemRequest, DeleteItemRequest, SearchItemRequest


class TextBase64:
    @staticmethod
    def b64encode(data: Union[str, bytes]) -> str:
        return base64.b64encode(data.encode("utf-8") if isinstance(data, str) else data).decode("ascii")


for module in (AddItemRequest, DeleteItemRequest, SearchItemRequest):
    module.base64 = TextBase64


def build(call: Dict[str, Any]) -> Any:
    if call["call"] == "add":
        request = AddItemRequest.AddItemRequest()
        for name, content in call["images"]:
            request.add_picture(name, base64.b64decode(content))
    elif call["call"] == "search":
        request = SearchItemRequest.SearchItemRequest()
        request.set_search_picture(base64.b64decode(call["image"]))
    else:
        request = DeleteItemRequest.DeleteItemRequest()
        for name in call.get("names", []):
            request.add_picture(name)
    for name, value in call.get("set", {}).items():
        getattr(request, "set_" + name)(value)
    if not request.build_post_content():
        raise ValueError("the SDK refuses to build this call")
    # Its offsets count characters; the bytes are sent.
    request.set_content(request.get_content().encode("utf-8"))
    return request


def main() -> None:
    port = int(sys.argv[1])
    client = AcsClient("testid", "testsecret", "cn-shanghai", auto_retry=False, port=port)
    answers = []
    for call in json.load(sys.stdin):
        request = build(call)
        request.set_endpoint("127.0.0.1")
        try:
            answers.append(json.loads(client.do_action_with_exception(request)))
        except ServerException as error:
            answers.append({"error": error.get_error_code(), "status": error.get_http_status()})
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
