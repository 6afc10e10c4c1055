"""A server on the loopback that speaks the REST interface of OpenML, as documented there.

It serves three small tables with their tasks, a clustering task and suites, and takes flows and
runs. Written against https://www.openml.org/apis; error codes are those of the real server.
"""

from __future__ import annotations

import gzip
import re
import threading
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import xmltodict

KEY = "0123456789abcdef"
_XMLNS = 'xmlns:oml="http://openml.org/openml"'
_TASK_TYPES = {1: "Supervised Classification", 2: "Supervised Regression", 5: "Clustering"}
_ERRORS = {
    102: "No authentication",
    111: "Unknown dataset",
    151: "Unknown task",
    181: "Unknown flow",
    220: "Unknown run",
    601: "Unknown study",
}


def _tables() -> dict[int, tuple[str, pd.DataFrame]]:
    """Data sets by number; the target is the last column."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 3)).round(3)
    color = np.array(["red", "green", "dark blue"])[rng.integers(3, size=60)]
    base = pd.DataFrame(x, columns=["a", "b", "c d"]).assign(color=color)
    base.loc[::9, "a"] = np.nan
    two = np.where(x[:, 1] + 0.3 * rng.normal(size=60) > 0, "TRUE", "FALSE")
    three = np.array(["low", "mid", "it's high"])[np.digitize(x[:, 1], [-0.5, 0.5])]
    value = (10 * x[:, 1] + rng.normal(size=60)).round(3)
    return {
        11: ("two", base.assign(target=two)),
        12: ("three", base.assign(target=three)),
        13: ("numbers", base.assign(target=value)),
    }


class StandIn:
    """The server; a context manager that runs it in a thread.

    Attributes
    ----------
    url : str
        What ``openml.config.server`` has to be.
    requests : list of str
        Method and path of each request.
    flows, runs : dict
        What was uploaded, by number.
    """

    def __init__(self) -> None:
        # Data set and type of each task; tasks of each suite.
        self.tasks = {1: (11, 1), 2: (12, 1), 3: (13, 2), 4: (11, 5)}
        self.suites = {21: (1, 2, 3), 22: (2, 4, 77)}
        self.requests: list[str] = []
        self.flows: dict[int, dict] = {}
        self.runs: dict[int, dict[str, str]] = {}
        self.tables = _tables()
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.host = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.host}/api/v1/xml"

    def __enter__(self) -> StandIn:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def get(self, path: str) -> str:
        """Answer to a GET request."""
        for pattern, answer in self._gets().items():
            found = re.fullmatch(pattern, path)
            if found:
                return answer(*found.groups())
        raise _Refusal(100)

    def _gets(self):
        api = "/api/v1/xml"
        return {
            rf"{api}/task/(\d+)": self._task,
            rf"{api}/data/(\d+)": self._data,
            rf"{api}/data/features/(\d+)": self._features,
            rf"{api}/data/qualities/(\d+)": self._qualities,
            r"/data/v1/download/(\d+)/.*\.arff": self._arff,
            r"/api_splits/get/(\d+)/.*\.arff": self._splits,
            rf"{api}/study/(\w+)": self._study,
            rf"{api}/flow/(\d+)": self._flow,
            rf"{api}/run/(\d+)": self._run,
            rf"{api}//?setup/(\d+)": self._setup,
            r"/data/download/(\d+)/predictions\.arff": lambda run: self.runs[int(run)][
                "predictions"
            ],
            rf"{api}/data/list.*": self._data_list,
            rf"{api}/task/list.*": self._task_list,
            rf"{api}/estimationprocedure/list": self._procedures,
        }

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Answer to a POST request; writing needs the key."""
        if fields.get("api_key") != KEY:
            raise _Refusal(102)
        if path.endswith("/flow/exists"):
            return self._flow_exists(fields["name"], fields["external_version"])
        if path.endswith("/flow/"):
            return self._upload_flow(fields["description"])
        if path.endswith("/run/"):
            return self._upload_run(fields)
        raise _Refusal(100)

    def _task(self, number: str) -> str:
        if int(number) not in self.tasks:
            raise _Refusal(151)
        data, kind = self.tasks[int(number)]
        target = "" if kind == 5 else "<oml:target_feature>target</oml:target_feature>"
        splits = f"{self.host}/api_splits/get/{number}/Task_{number}_splits.arff"
        return f"""<oml:task {_XMLNS}><oml:task_id>{number}</oml:task_id>
<oml:task_type_id>{kind}</oml:task_type_id><oml:task_type>{_TASK_TYPES[kind]}</oml:task_type>
<oml:input name="source_data"><oml:data_set><oml:data_set_id>{data}</oml:data_set_id>{target}
</oml:data_set></oml:input>
<oml:input name="estimation_procedure"><oml:estimation_procedure><oml:id>1</oml:id>
<oml:type>crossvalidation</oml:type><oml:data_splits_url>{splits}</oml:data_splits_url>
<oml:parameter name="number_repeats">1</oml:parameter>
<oml:parameter name="number_folds">2</oml:parameter></oml:estimation_procedure></oml:input>
</oml:task>"""

    def _data(self, number: str) -> str:
        if int(number) not in self.tables:
            raise _Refusal(111)
        name = self.tables[int(number)][0]
        url = f"{self.host}/data/v1/download/{number}/{name}.arff"
        return f"""<oml:data_set_description {_XMLNS}><oml:id>{number}</oml:id>
<oml:name>{name}</oml:name><oml:version>1</oml:version><oml:description>small</oml:description>
<oml:format>ARFF</oml:format><oml:url>{url}</oml:url><oml:file_id>{number}</oml:file_id>
<oml:default_target_attribute>target</oml:default_target_attribute>
<oml:status>active</oml:status></oml:data_set_description>"""

    def _features(self, number: str) -> str:
        table = self.tables[int(number)][1]
        features = "".join(
            f"<oml:feature><oml:index>{i}</oml:index><oml:name>{name}</oml:name>"
            + _data_type(table[name])
            + f"<oml:number_of_missing_values>{table[name].isna().sum()}"
            "</oml:number_of_missing_values></oml:feature>"
            for i, name in enumerate(table)
        )
        return f"<oml:data_features {_XMLNS}>{features}</oml:data_features>"

    def _qualities(self, number: str) -> str:
        rows = len(self.tables[int(number)][1])
        return f"""<oml:data_qualities {_XMLNS}><oml:quality><oml:name>NumberOfInstances</oml:name>
<oml:value>{rows}</oml:value></oml:quality></oml:data_qualities>"""

    def _arff(self, number: str) -> str:
        import arff

        name, table = self.tables[int(number)]
        attributes = [(c, _levels(table[c]) or "NUMERIC") for c in table]
        data = table.astype(object).where(table.notna(), None).to_numpy().tolist()
        return arff.dumps({"relation": name, "attributes": attributes, "data": data})

    def _splits(self, number: str) -> str:
        rows = len(self.tables[self.tasks[int(number)][0]][1])
        lines = [
            f"{'TEST' if row % 2 == fold else 'TRAIN'},{row},0,{fold}"
            for fold in range(2)
            for row in range(rows)
        ]
        return "\n".join(
            [
                f"@relation task_{number}_splits",
                "@attribute type {TRAIN,TEST}",
                *(f"@attribute {name} numeric" for name in ("rowid", "repeat", "fold")),
                "@data",
                *lines,
            ]
        )

    def _study(self, number: str) -> str:
        if not number.isdecimal() or int(number) not in self.suites:
            raise _Refusal(601)
        tasks = "".join(f"<oml:task_id>{i}</oml:task_id>" for i in self.suites[int(number)])
        return f"""<oml:study {_XMLNS}><oml:id>{number}</oml:id>
<oml:main_entity_type>task</oml:main_entity_type><oml:name>small suite</oml:name>
<oml:description>for tests</oml:description><oml:status>active</oml:status>
<oml:creation_date>2024-01-01</oml:creation_date><oml:creator>1</oml:creator>
<oml:tasks>{tasks}</oml:tasks></oml:study>"""

    def _data_list(self) -> str:
        sets = "".join(
            f"<oml:dataset><oml:did>{i}</oml:did><oml:name>{name}</oml:name>"
            "<oml:version>1</oml:version><oml:status>active</oml:status>"
            f'<oml:quality name="NumberOfInstances">{len(table)}</oml:quality>'
            '<oml:quality name="NumberOfFeatures">5</oml:quality></oml:dataset>'
            for i, (name, table) in self.tables.items()
        )
        return f"<oml:data {_XMLNS}>{sets}</oml:data>"

    def _task_list(self) -> str:
        tasks = "".join(
            f"<oml:task><oml:task_id>{i}</oml:task_id><oml:task_type_id>{kind}</oml:task_type_id>"
            f"<oml:task_type>{_TASK_TYPES[kind]}</oml:task_type><oml:did>{data}</oml:did>"
            f"<oml:name>{self.tables[data][0]}</oml:name><oml:status>active</oml:status>"
            '<oml:input name="estimation_procedure">1</oml:input></oml:task>'
            for i, (data, kind) in self.tasks.items()
        )
        return f"<oml:tasks {_XMLNS}>{tasks}</oml:tasks>"

    def _procedures(self) -> str:
        return f"""<oml:estimationprocedures {_XMLNS}><oml:estimationprocedure><oml:id>1</oml:id>
<oml:ttid>1</oml:ttid><oml:name>2-fold</oml:name><oml:type>crossvalidation</oml:type>
</oml:estimationprocedure><oml:estimationprocedure><oml:id>2</oml:id>
<oml:ttid>2</oml:ttid><oml:name>holdout</oml:name><oml:type>holdout</oml:type>
</oml:estimationprocedure></oml:estimationprocedures>"""

    def _flow_exists(self, name: str, version: str) -> str:
        wanted = {"oml:name": name, "oml:external_version": version}
        found = [i for i, f in self.flows.items() if wanted.items() <= f.items()]
        number = found[0] if found else -1
        return f"""<oml:flow_exists {_XMLNS}><oml:exists>{str(bool(found)).lower()}</oml:exists>
<oml:id>{number}</oml:id></oml:flow_exists>"""

    def _upload_flow(self, description: str) -> str:
        flow = xmltodict.parse(description)["oml:flow"]
        number = self._number_flow(flow)
        return f"<oml:upload_flow {_XMLNS}><oml:id>{number}</oml:id></oml:upload_flow>"

    def _number_flow(self, flow: dict) -> int:
        """Give a number to a flow and to every component in it, as the real server does."""
        components = flow.get("oml:component", [])
        for component in components if isinstance(components, list) else [components]:
            self._number_flow(component["oml:flow"])
        number = 100 + len(self.flows)
        flow |= {"oml:id": number, "oml:uploader": 1, "oml:version": 1}
        flow["oml:upload_date"] = "2024-01-01T00:00:00"
        self.flows[number] = flow
        return number

    def _flow(self, number: str) -> str:
        if int(number) not in self.flows:
            raise _Refusal(181)
        return xmltodict.unparse({"oml:flow": self.flows[int(number)]})

    def _upload_run(self, fields: dict[str, str]) -> str:
        number = 500 + len(self.runs)
        self.runs[number] = fields
        return f"<oml:upload_run {_XMLNS}><oml:run_id>{number}</oml:run_id></oml:upload_run>"

    def _run(self, number: str) -> str:
        if int(number) not in self.runs:
            raise _Refusal(220)
        run = xmltodict.parse(self.runs[int(number)]["description"])["oml:run"]
        data = self.tasks[int(run["oml:task_id"])][0]
        files = [
            {
                "oml:file_id": number,
                "oml:name": name,
                "oml:url": f"{self.host}/data/download/{number}/{name}.arff",
            }
            for name in ("description", "predictions")
        ]
        run["oml:output_data"]["oml:file"] = files
        run |= {
            "oml:run_id": number,
            "oml:uploader": 1,
            "oml:uploader_name": "tester",
            "oml:task_type": "any",
            "oml:flow_name": self.flows[int(run["oml:flow_id"])]["oml:name"],
            "oml:setup_id": number,
            "oml:input_data": {"oml:dataset": {"oml:did": data}},
        }
        return xmltodict.unparse({"oml:run": run})

    def _predictions(self, number: str) -> str:
        return self.runs[int(number)]["predictions"]

    def _setup(self, number: str) -> str:
        run = xmltodict.parse(self.runs[int(number)]["description"])["oml:run"]
        flow = run["oml:flow_id"]
        parameters = "".join(
            f"<oml:parameter><oml:id>{i}</oml:id><oml:flow_id>{flow}</oml:flow_id>"
            f"<oml:flow_name>flow</oml:flow_name><oml:full_name>{p['oml:name']}</oml:full_name>"
            f"<oml:parameter_name>{p['oml:name']}</oml:parameter_name>"
            "<oml:data_type>any</oml:data_type><oml:default_value/>"
            f"<oml:value>{p['oml:value']}</oml:value></oml:parameter>"
            for i, p in enumerate(run["oml:parameter_setting"])
        )
        return f"""<oml:setup_parameters {_XMLNS}><oml:setup_id>{number}</oml:setup_id>
<oml:flow_id>{flow}</oml:flow_id>{parameters}</oml:setup_parameters>"""


class _Refusal(Exception):
    """An error of the server, by code."""


class _Handler(BaseHTTPRequestHandler):
    stand_in: StandIn

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self._answer(lambda: self.stand_in.get(path))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fields = _fields(self.headers["Content-Type"], body)
        self._answer(lambda: self.stand_in.post(self.path, fields))

    def _answer(self, make) -> None:
        self.stand_in.requests.append(f"{self.command} {urlsplit(self.path).path}")
        try:
            status, text = 200, make()
        except _Refusal as refusal:
            code = refusal.args[0]
            status = 412
            text = (
                f"<oml:error {_XMLNS}><oml:code>{code}</oml:code>"
                f"<oml:message>{_ERRORS.get(code, 'Function not valid')}</oml:message></oml:error>"
            )
        body = gzip.compress(text.encode())
        self.send_response(status)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the output of tests clean."""


def _fields(content_type: str, body: bytes) -> dict[str, str]:
    """Fields of a form, uploaded files included."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    parts = message_from_bytes(head + body, policy=HTTP).iter_parts()
    return {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True).decode()
        for part in parts
    }


def _levels(column: pd.Series) -> list[str]:
    return [] if pd.api.types.is_numeric_dtype(column) else sorted(set(column))


def _data_type(column: pd.Series) -> str:
    levels = _levels(column)
    if not levels:
        return "<oml:data_type>numeric</oml:data_type>"
    values = "".join(f"<oml:nominal_value>{level}</oml:nominal_value>" for level in levels)
    return f"<oml:data_type>nominal</oml:data_type>{values}"
