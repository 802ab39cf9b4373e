"""Addresses of published pipelines: a server in this process, for this machine alone, that starts a pipeline when it is posted to.

It begins when an address is first asked for and ends with the process. Who posts needs the header that this process's own
`InteractiveLoginAuthentication().get_authentication_header()` gives. Elsewhere: what is started (published.py, endpoint.py).
"""

from __future__ import annotations

import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from designer.azureml.auth import token
from designer.azureml.exceptions import AzureMLException

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROOT = "pipelines/v1.0"
_MOST = 1 << 20  # bytes of a request
_lock = threading.Lock()
_server: ThreadingHTTPServer | None = None
_workspaces: list[Any] = []  # by the number in their addresses


def address(workspace: Any, what: str) -> str:
    """The address of something in a workspace; the server runs when this returns."""
    global _server
    with _lock:
        if _server is None:
            _server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
            threading.Thread(target=_server.serve_forever, name="designer-pipelines", daemon=True).start()
        number = next((at for at, one in enumerate(_workspaces) if one.place is workspace.place), len(_workspaces))
        if number == len(_workspaces):
            _workspaces.append(workspace)
        return f"http://127.0.0.1:{_server.server_port}/{_ROOT}/{number}/{what}"


class _Handler(BaseHTTPRequestHandler):
    server_version, sys_version = "designer", ""

    def do_POST(self) -> None:
        """Start what the address names."""
        given = self.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {token()}".encode()):
            self._answer(
                401, _problem("Unauthorized", "the header comes from get_authentication_header(), in the same process")
            )
            return
        try:
            size = int(self.headers.get("Content-Length") or 0)
            if size > _MOST:
                raise ValueError(f"the request has {size} bytes, more than {_MOST}")
            body = json.loads(self.rfile.read(size) or b"{}")
            if not isinstance(body, dict):
                raise ValueError("the request's body has to be a JSON object")
            run = _start(self.path, body)
        except LookupError:
            self._answer(404, _problem("NotFound", f"there is nothing at {self.path}"))
        except (AzureMLException, ValueError, TypeError) as error:
            self._answer(400, _problem("BadRequest", getattr(error, "message", str(error))))
        else:
            self._answer(200, {"Id": run.id, "RunId": run.id, "RunUrl": run.get_portal_url(), "Status": "Running"})

    def _answer(self, status: int, data: Mapping[str, Any]) -> None:
        content = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing in between the program's own output."""


def _problem(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _start(path: str, body: Mapping[str, Any]) -> Any:
    """Start a run. Raises `LookupError` when the path leads nowhere, `AzureMLException` when it can't be started."""
    from designer.azureml.pipeline.endpoint import PipelineEndpoint  # noqa: PLC0415 - they ask for addresses
    from designer.azureml.pipeline.published import PublishedPipeline  # noqa: PLC0415
    from designer.azureml.runs.experiment import Experiment  # noqa: PLC0415

    url = urlsplit(path)
    if not url.path.startswith(f"/{_ROOT}/"):
        raise LookupError(path)
    number, kind, *rest = [unquote(part) for part in url.path.removeprefix(f"/{_ROOT}/").split("/")]
    if not number.isdigit() or int(number) >= len(_workspaces):
        raise LookupError(path)
    workspace = _workspaces[int(number)]
    asked = parse_qs(url.query)
    version = None
    if kind == "PipelineSubmit" and len(rest) == 1:
        chosen: Any = PublishedPipeline.get(workspace, rest[0])
    elif kind == "PipelineEndpointSubmit" and rest[:1] == ["Id"] and len(rest) in (2, 3):
        chosen, version = PipelineEndpoint.get(workspace, id=rest[1]), rest[2] if len(rest) == 3 else None
    elif kind == "PipelineEndpointSubmit" and rest == ["Name"] and "name" in asked:
        chosen = PipelineEndpoint.get(workspace, name=asked["name"][0])
        version = asked.get("pipelineVersion", [None])[0]
    else:
        raise LookupError(path)
    if version is not None:
        chosen = chosen.get_pipeline(version)
    experiment = Experiment(workspace, body.get("ExperimentName") or chosen.name.replace(" ", "-"))
    return experiment.submit(chosen, body.get("Tags"), pipeline_parameters=_values(workspace, body))


def _values(workspace: Any, body: Mapping[str, Any]) -> dict[str, Any]:
    from designer.azureml.data.datastore import Datastore  # noqa: PLC0415 - few requests name data
    from designer.azureml.data.factory import Dataset  # noqa: PLC0415
    from designer.azureml.data.reference import DataPath  # noqa: PLC0415

    values = dict(body.get("ParameterAssignments") or {})
    for name, place in (body.get("DataPathAssignments") or {}).items():
        values[name] = DataPath(Datastore(workspace, place.get("DataStoreName")), place.get("RelativePath"))
    for name, chosen in (body.get("DataSetDefinitionValueAssignments") or {}).items():
        values[name] = Dataset.get_by_id(workspace, (chosen.get("SavedDataSetReference") or {}).get("Id"))
    return values
