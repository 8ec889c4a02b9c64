"""Runs every query of the dashboard and of the alert rules on a Prometheus that scrapes `qrhook listen`.

`ops.py QRHOOK`. Starts both on free ports in a temporary folder, and stops them. Needs Python 3.11 and nothing else.
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack
from pathlib import Path

QRHOOK = Path(sys.argv[1]).resolve()
OPS = Path("ops").resolve()
# Anything that takes longer counts as hung.
PATIENCE = 300
ENVIRONMENT = {"PATH": os.environ["PATH"], "QRSTUDIO_WEBHOOK_SECRET": "whsec_test"}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(stack, arguments, folder, log):
    output = stack.enter_context(open(folder / log, "w"))
    process = subprocess.Popen(arguments, cwd=folder, env=ENVIRONMENT, stdout=output, stderr=subprocess.STDOUT)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


def wait_for(what, check, process, log):
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        try:
            if found := check():
                return found
        except OSError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit(f"{what} did not happen:\n{log.read_text()}")


def get(url):
    with urllib.request.urlopen(url, timeout=PATIENCE) as response:
        return json.load(response)


def dashboard_queries():
    """The queries of the dashboard, with its variables filled in."""
    dashboard = json.loads((OPS / "grafana-dashboard.json").read_text())
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    assert len({(place["x"], place["y"]) for place in places}) == len(places), "two panels are in one place"
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            query = target["expr"].replace("$__rate_interval", "1m").replace("$sender", ".*").replace("$endpoint", ".*")
            assert "$" not in query, query
            yield panel["title"], query


def main():
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hook, metrics, port = free_port(), free_port(), free_port()
        arguments = ["listen", "--store", "memory", "--addr", f"127.0.0.1:{hook}", "--metrics", f"127.0.0.1:{metrics}"]
        listen = start(stack, [QRHOOK, *arguments, "--patience", "120"], folder, "listen.log")
        alive = lambda: urllib.request.urlopen(f"http://127.0.0.1:{hook}/healthz", timeout=PATIENCE)
        wait_for("the start of qrhook", alive, listen, folder / "listen.log")
        send = [QRHOOK, "send", "qrstudio", "scan.created", f"http://127.0.0.1:{hook}/qrstudio", "--patience", "120"]
        for more, code in ([], 0), (["--same-id", "--count", "2"], 0), (["--tamper", "body"], 1):
            sent = subprocess.run([*send, *more], env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE)
            assert sent.returncode == code, f"{more}: {sent.stdout}{sent.stderr}"
        odd = b'{"id":"evt_odd","type":"made.up"}'
        signed = subprocess.run([QRHOOK, "sign", "qrstudio"], env=ENVIRONMENT, input=odd, capture_output=True, timeout=PATIENCE)
        name, value = signed.stdout.decode().strip().split(": ")
        urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{hook}/qrstudio", odd, {name: value}), timeout=PATIENCE)

        config = (OPS / "prometheus.yml").read_text()
        config = config.replace("127.0.0.1:9091", f"127.0.0.1:{metrics}").replace("scrape_interval: 15s", "scrape_interval: 1s")
        config = config.replace("prometheus-rules.yml", str(OPS / "prometheus-rules.yml"))
        (folder / "prometheus.yml").write_text(config)
        prometheus = start(
            stack,
            ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address=127.0.0.1:{port}"],
            folder,
            "prometheus.log",
        )
        api = f"http://127.0.0.1:{port}/api/v1"
        query = lambda text: get(f"{api}/query?query={urllib.parse.quote(text)}")["data"]["result"]
        log = folder / "prometheus.log"
        # Two scrapes, so that rates have a value.
        scraped = lambda: query("count_over_time(qrhook_deliveries_total[5m]) >= 2")
        wait_for("the second scrape", scraped, prometheus, log)

        names = set(get(f"{api}/label/__name__/values")["data"])
        groups = get(f"{api}/rules")["data"]["groups"]
        rules = [(rule["name"], rule["query"]) for group in groups for rule in group["rules"]]
        assert len(rules) == (OPS / "prometheus-rules.yml").read_text().count("- alert:"), rules
        queries = [*dashboard_queries(), *rules]
        empty = 0
        for title, text in queries:
            for name in re.findall(r"qrhook_\w+", text):
                assert name in names, f"{title}: Prometheus does not know {name}"
            empty += not query(text)
        evaluated = lambda: all(rule["health"] == "ok" for group in get(f"{api}/rules")["data"]["groups"] for rule in group["rules"])
        wait_for("the evaluation of the rules", evaluated, prometheus, log)
        print(f"{len(queries)} queries were answered, {empty} of them with nothing to show; {len(names)} metrics")


main()
