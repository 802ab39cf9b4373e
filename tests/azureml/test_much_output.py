"""A script that prints 50 MB: all of it is kept and told, and no process but the script has to hold it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from designer.azureml.launch.variables import SITE

pytestmark = pytest.mark.slow

LINES, WIDTH = 50 * 1024, 1024
PRINTS = f"""
import time
for at in range({LINES}):
    if at % 1024 == 0:
        time.sleep(0.03)  # so that there is time to measure at each megabyte
    print(str(at).ljust({WIDTH - 1}, "x"))
print("the end")
raise SystemExit(1)
"""
# Submits, streams the output to its own standard output, and measures itself and all that it has started, but not the script.
MEASURES = """
import json, os, sys, threading, time
import psutil
import designer.azureml.install
from azureml.core import Experiment, ScriptRunConfig, Workspace
from azureml.pipeline.core import Pipeline
from azureml.pipeline.steps import PythonScriptStep

seen, done = {}, threading.Event()

def measure():
    while not done.wait(0.01):
        me = psutil.Process()
        for one in (me, *me.children(recursive=True)):
            try:
                if "train.py" not in one.cmdline():
                    seen.setdefault(one.pid, []).append((os.fstat(1).st_size, one.memory_info().rss))
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                pass

ws = Workspace.from_config()
exp = Experiment(ws, "much")
config = {
    "script": lambda: ScriptRunConfig("src", "train.py"),
    "step": lambda: Pipeline(ws, [PythonScriptStep("train.py", source_directory="src")]),
}[sys.argv[1]]()
threading.Thread(target=measure, daemon=True).start()
run = exp.submit(config)
run.wait_for_completion(show_output=True, raise_on_error=False)
done.set()
one = run if sys.argv[1] == "script" else run.find_step_run("train.py")[0]
name, = [name for name in one.get_file_names() if name.startswith("user_logs")]
one.download_file(name, "log.txt")
grown = []  # since the first tenth of the output had come
for sizes in seen.values():
    first, later = [rss for size, rss in sizes if size < 5 << 20], [rss for size, rss in sizes if size >= 5 << 20]
    if first and later:
        grown.append(max(later) - max(first))
print(json.dumps({"grown": grown, "last": one.get_details()["error"]["error"]["message"]}), file=sys.stderr)
"""


@pytest.mark.parametrize("kind", ["script", "step"])
def test_fifty_megabytes_are_kept_and_streamed_in_whole_while_memory_stays_flat(folder: Path, kind: str) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "train.py").write_text(PRINTS)
    with open("streamed.txt", "wb") as file:
        ended = subprocess.run(
            [sys.executable, "-c", MEASURES, kind], stdout=file, stderr=subprocess.PIPE, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(SITE.parents[2])},
        )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stderr.strip().splitlines()[-1])
    assert len(told["grown"]) >= 2, told  # this program and whoever runs the script for it
    assert max(told["grown"]) < 12 << 20, told
    assert "exit code 1; its last line: the end" in told["last"]
    printed = [str(at).ljust(WIDTH - 1, "x") for at in range(LINES)] + ["the end"]
    assert Path("log.txt").read_text().splitlines() == printed
    # What is said of a step's status may come between its lines, but not within one.
    assert [
        line for line in Path("streamed.txt").read_text().splitlines() if line.endswith("xxx") or line == "the end"
    ] == printed
