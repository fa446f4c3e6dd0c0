"""Starts osapi, scrapes it idle and under load, and has every scrape judged.

promtool reads the text format and its linter must find nothing; the strict parser of prometheus_client reads
OpenMetrics. Usage: scrape.py PATH_OF_OSAPI
"""

import json
import subprocess
import sys
import threading
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
TEXT = "text/plain; version=0.0.4"
LIMIT = 30  # seconds for any single request


def start(binary):
    """Runs osapi on a free port; returns the process and the base of its URLs."""
    process = subprocess.Popen(
        [binary, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
    )
    for line in process.stdout:
        words = line.split()
        if len(words) == 2 and words[0] == "metrics":
            return process, words[1].removesuffix("/metrics")
    raise SystemExit("osapi ended without telling where its metrics are")


def get(url, accept="*/*"):
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=LIMIT) as response:
        return response.headers["Content-Type"], response.read().decode()


def run_job(base, operation, args):
    """Submits a job and waits for its end."""
    body = json.dumps({"operation": operation, "args": args}).encode()
    request = urllib.request.Request(
        f"{base}/jobs", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=LIMIT) as response:
        assert response.status == 202, response.status
        job = json.load(response)
    _, record = get(f"{base}/jobs/{job['id']}?wait=20s")
    return json.loads(record)["status"]


def judge(base, moment):
    """Scrapes both formats; returns the families of OpenMetrics by name."""
    content_type, text = get(f"{base}/metrics", TEXT)
    assert content_type.startswith(TEXT), content_type
    promtool = subprocess.run(
        ["promtool", "check", "metrics"], input=text, text=True, capture_output=True
    )
    findings = promtool.stdout + promtool.stderr
    if promtool.returncode != 0 or findings:
        raise SystemExit(f"promtool, {moment}:\n{findings}")

    content_type, text = get(f"{base}/metrics", OPENMETRICS)
    assert content_type.startswith(OPENMETRICS), content_type
    families = {family.name: family for family in text_string_to_metric_families(text)}
    samples = sum(len(family.samples) for family in families.values())
    print(f"{moment}: {len(families)} families, {samples} samples, no findings")
    return families


def value(families, family, sample, labels):
    for s in families[family].samples:
        if s.name == sample and labels.items() <= s.labels.items():
            return s.value
    raise SystemExit(f"{sample} {labels} is not in the scrape")


def load(base, jobs):
    for job in range(jobs):
        operation, args = [
            ("node.hostname", {}),
            ("node.memory", {}),
            ("file.sha256", {"path": "README.md"}),
            ("file.sha256", {"path": "/does/not/exist"}),
            ("process.list", {"limit": 3}),
            ("wait", {"millis": 5}),
        ][job % 6]
        run_job(base, operation, args)


def main(binary):
    process, base = start(binary)
    try:
        judge(base, "idle")
        workers = [threading.Thread(target=load, args=(base, 60)) for _ in range(4)]
        for worker in workers:
            worker.start()
        scrapes = 0
        while any(worker.is_alive() for worker in workers):
            judge(base, f"under load, scrape {(scrapes := scrapes + 1)}")
        for worker in workers:
            worker.join()
        families = judge(base, "after the load")

        duration = families["osapi_job_duration_seconds"]
        assert duration.unit == "seconds" and duration.documentation, duration
        hashed = {"job_name": "file.sha256"}
        for status, expected in [("completed", 40), ("failed", 40)]:
            labels = hashed | {"status": status}
            ended = value(families, "osapi_jobs_completed", "osapi_jobs_completed_total", labels)
            timed = value(
                families, "osapi_job_duration_seconds", "osapi_job_duration_seconds_count", labels
            )
            assert ended == timed == expected, (labels, ended, timed)
        assert value(families, "osapi_jobs_active", "osapi_jobs_active", hashed) == 0
        started = value(families, "osapi_jobs_started", "osapi_jobs_started_total", hashed)
        created = value(families, "osapi_jobs_created", "osapi_jobs_created_total", hashed)
        assert started == created == 80, (started, created)
        print(f"{scrapes} scrapes under load, 240 jobs, every one accounted for")
    finally:
        process.terminate()
        code = process.wait(timeout=LIMIT)
    assert code == 0, f"osapi ended with {code} after SIGTERM"


main(*sys.argv[1:])
