"""The systemd unit and the nginx block in docs/server.md: checked by systemd and nginx, and a server behind nginx."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from conftest import ROOT, filled, free_port, start
from scenes import scene

from imagesearch.server import KeyFile, Scope

DOCUMENT = (ROOT / "docs/server.md").read_text()


def block(language: str) -> str:
    return str(re.findall(r"```%s\n(.*?)```" % language, DOCUMENT, re.DOTALL)[0])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "imagesearch.service"
    # The paths of an installation, and the user, do not exist on this machine.
    text = block("ini").replace("/opt/imagesearch/bin/imagesearch-server", sys.executable + " -m imagesearch.server")
    unit.write_text(text.replace("User=imagesearch", "User=daemon"))
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=60)
    about = [line for line in checked.stderr.splitlines() if "imagesearch" in line]
    assert checked.returncode == 0 and not about, checked.stderr
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert rated.returncode == 0, rated.stdout[-600:] + rated.stderr


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_behind_nginx(tmp_path: Path, images: Path) -> None:
    port = free_port()
    token = KeyFile.add(tmp_path / "keys.json", "client", Scope.WRITE)[1]
    index = "shop=%s" % filled(tmp_path / "index", images)
    public = "http://127.0.0.1:%d" % port
    server = start(tmp_path, "--index", index, "--keys", str(tmp_path / "keys.json"), "--writable", "--public-url", public)
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1"),
            *("-keyout", str(tmp_path / "images.key"), "-out", str(tmp_path / "images.pem")),
        ],
        check=True,
        capture_output=True,
    )
    documented = block("nginx").replace("http://127.0.0.1:8000", server.url)
    for path in ("/etc/ssl/certs/images.pem", "/etc/ssl/private/images.key"):
        documented = documented.replace(path, str(tmp_path / path.rpartition("/")[2]))
    secured = documented.replace("listen 443 ssl", "listen 127.0.0.1:%d ssl" % free_port())
    plain = re.sub(r" *ssl_.*\n", "", documented).replace("listen 443 ssl", "listen 127.0.0.1:%d" % port)
    folders = "".join(
        "%s_temp_path %s/%s;\n" % (kind, tmp_path, kind) for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        "daemon off;\npid %s/nginx.pid;\nerror_log %s/error.log;\nevents {}\nhttp {\naccess_log off;\n%s%s%s}\n"
        % (tmp_path, tmp_path, folders, secured, plain)
    )
    command = ["nginx", "-c", str(configuration), "-p", str(tmp_path), "-e", str(tmp_path / "error.log")]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, timeout=30)
    assert tested.returncode == 0 and "warn" not in tested.stderr, tested.stderr
    nginx = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        with httpx.Client(base_url=public, headers={"x-api-key": token}, trust_env=False, timeout=30) as client:
            found = client.post("/v1/shop/search", files={"image": scene(0)}).json()["matches"]
            assert found[0]["item_id"] == "scene/0" and found[0]["thumbnail"].startswith(public + "/v1/")
            assert client.get(found[0]["thumbnail"]).status_code == client.get(found[0]["overlay"]).status_code == 200
            assert client.get("/v1/shop/items/scene%2F0").json()["item_id"] == "scene/0"
        # A URL that httpx rejects.
        query = "&".join("filepaths[%d]=%s" % (number, "x" * 200) for number in range(1000))
        request = "GET /shop/rest/delete/?%s HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: %s\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall((request % (query, token)).encode())
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
        assert b'"status":"warn"' in received, received[:300]
    finally:
        for process in (nginx, server.process):
            process.terminate()
            process.wait(20)
