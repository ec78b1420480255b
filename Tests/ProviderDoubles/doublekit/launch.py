"""The command line of the doubles."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from typing import Any, Callable, Dict, List, Optional

from . import tls
from .provider import Provider
from .script import Script
from .server import Server


def run(make: Callable[[Dict[str, Any]], Provider], arguments: Optional[List[str]] = None) -> None:
    """Starts the double, prints one JSON line with its ports and serves until its standard input closes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0, help="plain port; 0 takes a free one")
    parser.add_argument("--tls", action="store_true", help="listen with TLS too (needs the openssl command)")
    parser.add_argument("--settings", default="{}", help="a JSON object of settings")
    parser.add_argument("--stay", action="store_true", help="do not end when standard input closes")
    options = parser.parse_args(arguments)
    script = Script()
    provider = make(json.loads(options.settings))
    servers = [Server(provider, script, options.port, None)]
    hello: Dict[str, Any] = {"name": provider.name, "port": servers[0].server_port}
    authority: Optional[tls.Authority] = None
    if options.tls or provider.needs_tls:
        authority = tls.Authority(provider.name)
        servers.append(Server(provider, script, 0, authority.issue("server")))
        hello.update(tls_port=servers[1].server_port, ca_file=authority.ca_file)
        for label, context in provider.more_contexts(authority).items():
            servers.append(Server(provider, script, 0, context))
            hello[label] = servers[-1].server_port
    hello.update(provider.more_ports())
    provider.plain_port, provider.tls_port = hello["port"], hello.get("tls_port")
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps(hello) + "\n")
    sys.stdout.flush()
    try:
        while options.stay or os.read(0, 4096):
            if options.stay:
                time.sleep(3600)
    except (KeyboardInterrupt, OSError):
        pass
    finally:
        provider.close()
        if authority is not None:
            authority.remove()
    os._exit(0)
