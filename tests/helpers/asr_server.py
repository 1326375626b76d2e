"""FastFlowLM and Lemonade on the loopback, faked: they answer as their sources say, lie, stall or break."""

from __future__ import annotations

import contextlib
import email.parser
import email.policy
import io
import json
import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

Heard = Callable[[np.ndarray, dict[str, str]], str]


class AsrServer:
    """One server.

    Attributes:
        hear: (samples, form fields) to text.
        answers: path without its version prefix to what is sent instead: bytes, a JSON value, (status, value), or a
            function of the handler.
        requests: (method, path, form fields or JSON) in order.
        device, recipe, backend: what Lemonade says of the loaded model.
    """

    def __init__(self, product: str, hear: Heard | None = None) -> None:
        self.product = product
        self.hear: Heard = hear or (lambda samples, fields: "hello there")
        self.answers: dict[str, Any] = {}
        self.requests: list[tuple[str, str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.version = "0.9.46" if product == "FastFlowLM" else "10.5.1"
        self.asr = True
        self.npu_status = True
        self.models = [
            {"id": "Whisper-Small", "recipe": "whispercpp", "labels": ["transcription"], "downloaded": True},
            {"id": "whisper-v3-turbo-FLM", "recipe": "flm", "labels": ["audio", "transcription"], "downloaded": True},
            {"id": "Qwen3-0.6B-GGUF", "recipe": "llamacpp", "labels": ["reasoning"], "downloaded": True},
        ]
        self.installed = {"flm": ["default"], "whispercpp": ["cpu", "npu", "vulkan"]}
        self.loaded: dict[str, dict[str, Any]] = {}
        self.loads_as: dict[str, Any] = {}
        """What Lemonade says of what it loads, whatever was asked for."""
        self.closing = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server._serve(self, "GET")

            def do_POST(self) -> None:
                server._serve(self, "POST")

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return self._http.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{'/v1' if self.product == 'FastFlowLM' else '/api/v1'}"

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _serve(self, handler: BaseHTTPRequestHandler, method: str) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        path = handler.path.removeprefix("/api/v1").removeprefix("/v1")
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        given = self._given(handler, body)
        self.requests.append((method, path, given))
        with contextlib.suppress(OSError):
            answer = self.answers.get(path)
            if callable(answer):
                answer(handler)
            else:
                self._send(handler, answer if path in self.answers else self._answer(path, given))

    @staticmethod
    def _given(handler: BaseHTTPRequestHandler, body: bytes) -> Any:
        kind = handler.headers.get("Content-Type", "")
        if not kind.startswith("multipart/form-data"):
            return json.loads(body) if body else None
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        return {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            for part in message.iter_parts()
        }

    def _send(self, handler: BaseHTTPRequestHandler, answer: Any) -> None:
        status, value = answer if isinstance(answer, tuple) else (200, answer)
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        kind = "text/html" if data.startswith(b"<") else "application/json"
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _answer(self, path: str, given: Any) -> Any:
        if path == "/audio/transcriptions":
            return self._transcribe(given)
        if self.product == "FastFlowLM":
            return self._flm(path)
        return self._lemonade(path, given)

    def _transcribe(self, given: dict[str, bytes]) -> Any:
        if not self.asr:
            return None
        fields = {name: value.decode() for name, value in given.items() if name != "file"}
        with wave.open(io.BytesIO(given["file"])) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32767
        if self.product == "Lemonade" and fields["model"] not in {model["id"] for model in self.models}:
            return 404, {"error": {"message": "Model not found", "code": "model_not_found"}}
        return {"model": fields["model"], "text": self.hear(samples, fields)} if self.product == "FastFlowLM" else {
            "text": self.hear(samples, fields)
        }  # fmt: skip

    def _flm(self, path: str) -> Any:
        if path == "/models":
            return {"object": "list", "data": [{"id": "gemma3:4b", "object": "model", "owned_by": "FastFlowLM"}]}
        if path == "/version":
            return {"version": self.version}
        if path == "/api/npu/status" and self.npu_status:
            return {"npu_available": True, "active_requests": 0, "message": "NPU is available"}
        return 404, {"error": "Not Found"}

    def _lemonade(self, path: str, given: Any) -> Any:
        if path == "/health":
            return {"status": "ok", "version": self.version, "all_models_loaded": list(self.loaded.values())}
        if path == "/models":
            return {"object": "list", "data": self.models}
        if path == "/system-info":
            backends = {
                recipe: {"backends": {name: {"state": "installed"} for name in names}}
                for recipe, names in self.installed.items()
            }
            return {"devices": {"amd_npu": {"available": True, "family": "XDNA2"}}, "recipes": backends}
        if path == "/load":
            name = given["model_name"]
            recipe = next(model["recipe"] for model in self.models if model["id"] == name)
            backend = given.get("whispercpp_backend", "")
            device = {"vulkan": "gpu", "rocm": "gpu", "cpu": "cpu"}.get(backend, "npu")
            options = {"whispercpp_backend": backend} if backend else {}
            one = {"model_name": name, "recipe": recipe, "device": device, "recipe_options": options, "pid": 4242}
            self.loaded = {name: one | self.loads_as}
            return {"status": "success"}
        return 404, {"error": "Not Found"}


@contextmanager
def asr_server(product: str, hear: Heard | None = None) -> Iterator[AsrServer]:
    server = AsrServer(product, hear)
    try:
        yield server
    finally:
        server.close()


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    for _ in range(2000):
        handler.wfile.write(b" ")
        time.sleep(0.01)


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(2000):
        handler.wfile.write(b"H")
        handler.wfile.flush()
        time.sleep(0.01)


def flood(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    handler.close_connection = True
    for _ in range(200):
        handler.wfile.write(b'"' + b"x" * 65536)


def break_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"text": "half')
    handler.close_connection = True


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\x00\xff\x00 this is no HTTP\r\n\r\n")
    handler.close_connection = True


def nothing(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def redirect(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(307)
    handler.send_header("Location", "http://192.0.2.1/v1/audio/transcriptions")
    handler.send_header("Content-Length", "0")
    handler.end_headers()
