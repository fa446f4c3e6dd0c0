"""Puts mixed load on the three applications, and judges what they hold when it is over.

Starts NATS, Redis, PostgreSQL and rotel, and osapi, tasker and job-queue in twelve processes.
Clients submit jobs that succeed, fail, panic, take too long or are refused; others scrape, or leave
in the middle of a request, an answer or a stream; the collector is silent now and then. The load
pauses between periods. In each pause every accepted job has to be over and every process ready, and
its descriptors, threads and memory are read. Those of the last pause have to be those of an earlier
one, and SIGTERM has to end each process.

Usage: soak.py FOLDER_OF_THE_PROGRAMS [SECONDS]

SECONDS is the time of the load, 45 by default. Memory is judged from 1800 on: before, it has not
settled. Needs the Debian packages nats-server, postgresql and redis-server, and Python's rotel.
"""

import base64
import glob
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

import rotel

LIMIT = 120  # seconds for any single wait
STREAMS = ["/metrics/live", "/metrics/history?seconds=600", "/metrics", "/metrics/explorer"]
FORMATS = [
    "text/plain; version=0.0.4",
    "application/openmetrics-text; version=1.0.0",
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
]
# More than these are a leak: a pool of connections grows until its busiest moment, and a runtime
# starts a thread for a call that blocks.
MORE_DESCRIPTORS, MORE_THREADS = 8, 2

OSAPI = [
    {"operation": "node.hostname"},
    {"operation": "node.memory"},
    {"operation": "node.load"},
    {"operation": "process.list"},
    {"operation": "file.sha256", "args": {"path": "Cargo.lock"}},
    {"operation": "file.sha256", "args": {"path": "missing"}},
    {"operation": "dns.resolve", "args": {"host": "localhost"}},
    {"operation": "wait", "args": {"millis": 700}},
    {"operation": "node.hostnam"},
    {"operation": "wait", "args": {"millis": -1}},
    {"operation": "x" * 100_000},
    [1],
]
TASKER = [
    {"workflow": "math.diamond", "context": {"number": 3}},
    {"workflow": "math.linear", "context": {"number": 2}},
    {"workflow": "math.tree", "context": {"number": 2}},
    {"workflow": "files.digest", "context": {"path": "/etc/hosts"}},
    {"workflow": "files.digest", "context": {"path": "/missing"}},
    {"workflow": "files.rows", "context": {"rows": 200}},
    {"workflow": "faults.retry"},
    {"workflow": "faults.skip", "context": {"skip": True}},
    {"workflow": "faults.fail"},
    {"workflow": "faults.timeout"},
    {"workflow": "faults.panic"},
    {"workflow": "math.triangle"},
    {"workflow": "math.diamond", "context": {"number": "three"}},
]
JOB_QUEUE = [
    {"service": "simulation", "payload": {"millis": 400, "output_bytes": 2000}},
    {"service": "simulation", "payload": {"millis": 900}, "priority": "high"},
    {"service": "simulation", "payload": {"millis": 5000}, "timeout": "200ms"},
    {
        "service": "simulation",
        "payload": {"millis": 50, "fail": "network", "failing_attempts": 1},
        "retries": 2,
    },
    {"service": "hash", "payload": {"text": "hello"}},
    {"service": "hash", "payload": {"url": "http://127.0.0.1:1/nothing"}, "priority": "low"},
    {"service": "compress", "payload": {"bytes": 100_000}},
    {
        "service": "image",
        "payload": {"width": 64, "height": 48, "iterations": 20, "model": "ember"},
    },
    {"service": "hash", "payload": {"text": 1}},
    {"service": "hash", "payload": {"text": "hello"}, "priority": "urgent"},
]


def start_servers(folder):
    """Starts what the applications need; returns the processes and the addresses by name."""
    folder.chmod(0o755)
    database = folder / "postgres"
    database.mkdir()
    as_owner = []
    if os.getuid() == 0:
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(database, "postgres", "postgres")
    postgres, redis, grpc, otlp_http = free_ports(4)
    programs = shutil.which("initdb") or max(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    subprocess.run(
        as_owner + [programs, "-A", "trust", "-U", "soak", "-D", f"{database}/data"],
        check=True,
        cwd=database,
        stdout=subprocess.DEVNULL,
    )
    agent = pathlib.Path(rotel.__file__).parent / "rotel-agent"
    collector = [agent, "start", "--pid-file", folder / "rotel.pid", "--exporter", "blackhole"]
    collector += ["--otlp-grpc-endpoint", f"127.0.0.1:{grpc}"]
    collector += ["--otlp-http-endpoint", f"127.0.0.1:{otlp_http}"]
    commands = {
        "nats": ["nats-server", "-js", "-sd", folder / "nats", "-a", "127.0.0.1", "-p", "-1"]
        + ["--ports_file_dir", folder],
        "redis": ["redis-server", "--bind", "127.0.0.1", "--port", str(redis), "--dir", folder]
        + ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"],
        "postgres": as_owner
        + [programs.replace("initdb", "postgres"), "-D", f"{database}/data", "-p", str(postgres)]
        + ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={database}"],
        "rotel": collector,
    }
    servers = {
        name: subprocess.Popen(
            command,
            stdout=(folder / f"{name}.log").open("w"),
            stderr=subprocess.STDOUT,
        )
        for name, command in commands.items()
    }
    for port in (postgres, redis, grpc):
        wait_for(f"port {port}", lambda: listens(port))
    ports = folder / f"nats-server_{servers['nats'].pid}.ports"
    wait_for("NATS", lambda: ports.exists() and ports.read_text().endswith("}"))
    addresses = {
        "nats": json.loads(ports.read_text())["nats"][0],
        "redis": f"redis://127.0.0.1:{redis}",
        "postgres": f"postgres://soak@127.0.0.1:{postgres}/postgres",
        "otlp": f"http://127.0.0.1:{grpc}",
    }
    return servers, addresses


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def comes_true(condition):
    """Polls until the condition holds, at most LIMIT seconds; returns whether it does."""
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def wait_for(what, condition):
    """Ends the program where the condition does not come true."""
    if not comes_true(condition):
        raise SystemExit(f"not within {LIMIT} s: {what}")


class Process:
    """A process of an application, with its log in a file."""

    def __init__(self, name, arguments, addresses, programs, folder):
        self.name = name
        self.log = folder / f"{name}.log"
        self.popen = subprocess.Popen(
            [programs / arguments[0], *arguments[1:], "--listen", "127.0.0.1:0"],
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            env=os.environ
            | {
                "OTEL_METRICS_EXPORTER": "prometheus,otlp",
                "OTEL_EXPORTER_OTLP_ENDPOINT": addresses["otlp"],
                "OTEL_METRIC_EXPORT_INTERVAL": "5000",
            },
        )
        self.samples = []

    def address(self):
        """The host and port of the endpoint, once the process is ready."""

        def found():
            if self.popen.poll() is not None:
                raise SystemExit(f"{self.name} has ended:\n{self.log.read_text()}")
            return re.search(r"^\s*metrics\s+http://(\S+)/metrics", self.log.read_text(), re.M)

        wait_for(f"{self.name} is ready", found)
        return found()[1]

    def sample(self):
        """Descriptors, threads, and resident memory in MiB."""
        proc = pathlib.Path("/proc", str(self.popen.pid))
        threads, memory = re.search(
            r"VmRSS:\s+(\d+) kB.*Threads:\s+(\d+)", (proc / "status").read_text(), re.S
        ).groups()[::-1]
        return len(list((proc / "fd").iterdir())), int(threads), int(memory) // 1024


def start_applications(addresses, programs, folder):
    """Starts the processes; returns them by application."""
    osapi = {
        "osapi-api": ["osapi", "api", "--nats", addresses["nats"]],
        "osapi-agent-1": ["osapi", "agent", "--nats", addresses["nats"], "--name", "agent-1"],
        "osapi-agent-2": ["osapi", "agent", "--nats", addresses["nats"], "--name", "agent-2"],
    }
    database = ["--database", addresses["postgres"]]
    tasker = {"tasker-orchestration": ["tasker", "orchestration", *database]}
    for namespace in ("math", "files", "faults"):
        tasker[f"tasker-{namespace}"] = ["tasker", "worker", "--namespace", namespace, *database]
    # Sums of series with a correlation id are sums over recent ids: in one process there are none,
    # and the others have their series end.
    without_ids = folder / "tasker.toml"
    without_ids.write_text("[telemetry]\ncorrelation_window = 0\n")
    queue = {"job-queue-api": ["job-queue", "api", "--redis", addresses["redis"]]}
    for number in (1, 2):
        queue[f"job-queue-worker-{number}"] = ["job-queue", "worker", "--redis", addresses["redis"]]
    groups = {
        "osapi": {"osapi": ["osapi"]},
        "osapi on NATS": osapi,
        "tasker": {"tasker": ["tasker", "--config", without_ids]},
        "tasker on PostgreSQL": tasker,
        "job-queue on Redis": queue,
    }
    return {
        group: [Process(name, args, addresses, programs, folder) for name, args in members.items()]
        for group, members in groups.items()
    }


class Load:
    """Clients in threads, which pause together."""

    def __init__(self):
        self.go = threading.Event()
        self.over = False
        self.busy = 0
        self.counts = {}
        self.lock = threading.Lock()
        self.threads = []

    def add(self, client, *arguments):
        thread = threading.Thread(target=self.repeat, args=(client, arguments), daemon=True)
        self.threads.append(thread)
        thread.start()

    def repeat(self, client, arguments):
        while True:
            self.go.wait()
            if self.over:
                return
            with self.lock:
                self.busy += 1
            try:
                said = client(*arguments)
            except (OSError, http.client.HTTPException) as error:
                said = f"{client.__name__}: {type(error).__name__}"
            with self.lock:
                self.busy -= 1
                self.counts[said] = self.counts.get(said, 0) + 1

    def pause(self):
        self.go.clear()
        wait_for("the clients pause", lambda: self.busy == 0)

    def end(self):
        self.over = True
        self.go.set()
        for thread in self.threads:
            thread.join(LIMIT)


def request(address, method, path, body=None, accept="*/*"):
    """One request on a connection of its own; returns the status and the body."""
    connection = http.client.HTTPConnection(address, timeout=LIMIT)
    try:
        headers = {"Accept": accept} | ({"Content-Type": "application/json"} if body else {})
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def submit(address, path, bodies):
    """Submits a job, and follows, cancels or forgets it."""
    time.sleep(random.uniform(0, 0.3))
    status, answer = request(address, "POST", path, json.dumps(random.choice(bodies)))
    if status != 202:
        return f"submission {status}"
    job = f"{path}/{json.loads(answer)['id']}"
    follow = random.random()
    if follow < 0.3:
        status, _ = request(address, "GET", f"{job}?wait=5s" if path == "/jobs" else job)
        return f"submission 202, then read {status}"
    if follow < 0.4 and path == "/v1/tasks":
        return f"submission 202, then cancelled {request(address, 'POST', f'{job}/cancel')[0]}"
    if follow < 0.4:
        return f"submission 202, then cancelled {request(address, 'DELETE', job)[0]}"
    return "submission 202"


def scrape(targets):
    """Scrapes a process in one of the formats."""
    time.sleep(random.uniform(0, 1))
    address, accept = random.choice(targets)[0], random.choice(FORMATS)
    return f"scrape {request(address, 'GET', '/metrics', accept=accept)[0]}"


def leave(targets):
    """Connects, and leaves in the middle of something, with FIN or with RST."""
    time.sleep(random.uniform(0, 0.1))
    address, path, body = random.choice(targets)
    host, port = address.split(":")
    body = json.dumps(body)
    post = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    kind = random.choice(
        ["nothing", "half a head", "half a body", "no answer", "noise", "stream", "events", "wait"]
    )
    patience = 0.0
    if kind == "nothing":
        sent = b""
    elif kind == "half a head":
        sent = post[: random.randrange(1, len(post))].encode()
    elif kind == "half a body":
        sent = f"{post}Content-Length: {len(body) + 100}\r\n\r\n{body}".encode()
    elif kind == "no answer":
        sent = f"{post}Content-Length: {len(body)}\r\n\r\n{body}".encode() * random.randrange(1, 4)
    elif kind == "noise":
        sent = random.choice(
            [random.randbytes(300), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + random.randbytes(90)]
        )
    elif kind == "stream":
        sent = f"GET {random.choice(STREAMS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        patience = random.choice([0, 0.05, 2.5])
    elif kind == "events":
        key = base64.b64encode(random.randbytes(16)).decode()
        sent = (
            "GET /events HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        ).encode()
        patience = 1
    else:
        status, answer = request(address, "POST", path, body)
        job = json.loads(answer).get("id", "none") if status == 202 else "none"
        sent = f"GET {path}/{job}?wait=20s HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with socket.create_connection((host, int(port)), LIMIT) as connection:
        connection.sendall(sent)
        if patience:
            connection.recv(random.choice([1, 500, 100_000]))
            time.sleep(patience)
        if random.random() < 0.5:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return f"left: {kind}"


def stop_collector(servers):
    """The collector is silent for a while."""
    servers["rotel"].send_signal(signal.SIGSTOP)
    time.sleep(random.uniform(1, 12))
    servers["rotel"].send_signal(signal.SIGCONT)
    time.sleep(random.uniform(5, 10))
    return "collector stopped"


def total(addresses, sample, **labels):
    """The sum of the samples of a name that have the labels, over processes."""
    found = 0.0
    for address in addresses:
        status, text = request(address, "GET", "/metrics")
        assert status == 200, f"{address}: {status} {text[:200]}"
        for line in text.decode().splitlines():
            match = re.match(rf"{sample}(?:{{(.*)}})? (\S+)$", line)
            if match and all(f'{k}="{v}"' in (match[1] or "") for k, v in labels.items()):
                found += float(match[2])
    return int(found)


def jobs(group, addresses, database):
    """How many jobs were accepted, and how many of them are over: at least and at most."""
    if group == "tasker on PostgreSQL":
        over = "state IN ('complete', 'error', 'cancelled')"
        query = f"SELECT count(*), count(*) FILTER (WHERE {over}) FROM tasker.tasks"
        answer = subprocess.run(
            ["psql", "-X", "-A", "-t", "-F", " ", "-c", query, database],
            check=True,
            capture_output=True,
            text=True,
        )
        accepted, ended = map(int, answer.stdout.split())
        return accepted, ended, ended
    if group == "tasker":
        final = "tasker_task_finalization_duration_milliseconds_count"
        ended = total(addresses, "tasker_tasks_completions_total")
        ended += total(addresses, "tasker_tasks_failures_total")
        ended += total(addresses, final, final_state="cancelled")
        return total(addresses, "tasker_tasks_requests_total"), ended, ended
    if group == "job-queue on Redis":
        # An attempt whose job is cancelled in the moment of its end counts beside the cancellation.
        ended = total(addresses, "jobs_processed_total", status="completed")
        ended += total(addresses, "errors_total") - total(addresses, "job_retries_total")
        cancelled = total(addresses, "jobs_cancelled_total")
        ended += total(addresses, "jobs_unworkable_total")
        return total(addresses, "jobs_submitted_total"), ended, ended + cancelled
    ended = total(addresses, "osapi_jobs_completed_total")
    return total(addresses, "osapi_jobs_created_total"), ended, ended


def settle(groups, addresses, database):
    """Waits until every accepted job is over, and reads what each process holds; returns faults."""
    faults = []
    for group in groups:

        def over():
            accepted, least, most = jobs(group, addresses[group], database)
            return least <= accepted <= most

        are_over = comes_true(over)
        accepted, least, most = jobs(group, addresses[group], database)
        count = f"{group}: {accepted} jobs, of which {least} to {most} are over"
        print(f"  {count}", flush=True)
        if not are_over:
            faults.append(count)
    for address in sum(addresses.values(), []):
        status, answer = request(address, "GET", "/health/ready")
        if status != 200:
            faults.append(f"{address} is not ready: {status} {answer}")
    processes = [process for members in groups.values() for process in members]

    def are_quiet():
        before = [process.sample()[:2] for process in processes]
        time.sleep(12)  # A runtime keeps a thread for blocking calls for 10 s.
        return before == [process.sample()[:2] for process in processes]

    if not comes_true(are_quiet):
        faults.append("descriptors or threads change without load")
    for process in processes:
        process.samples.append(process.sample())
    return faults


def judge(processes, seconds):
    """Compares the last pause with the one after a third of the load, which fills what is kept."""
    grown = []
    for process in processes:
        pauses = ["%d fd %d threads %d MiB" % sample for sample in process.samples]
        print(f"{process.name:22} " + "  ".join(pauses))
        descriptors, threads, memory = process.samples[len(process.samples) // 3]
        last = process.samples[-1]
        if last[0] > descriptors + MORE_DESCRIPTORS:
            grown.append(f"{process.name}: descriptors")
        if last[1] > threads + MORE_THREADS:
            grown.append(f"{process.name}: threads")
        if seconds >= 1800 and last[2] > memory * 1.1 + 4:
            grown.append(f"{process.name}: memory")
    return grown


def main():
    programs = pathlib.Path(sys.argv[1]).resolve()
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 45
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        servers, groups = {}, {}
        try:
            servers, urls = start_servers(folder)
            groups = start_applications(urls, programs, folder)
            soak(servers, urls["postgres"], groups, seconds)
        finally:
            processes = [process.popen for group in groups.values() for process in group]
            for process in processes + list(servers.values()):
                # With time for what the process itself has started.
                process.terminate()
                try:
                    process.wait(LIMIT)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def soak(servers, database, groups, seconds):
    addresses = {name: [p.address() for p in members] for name, members in groups.items()}
    load, targets = Load(), []
    for group, (path, bodies) in {
        "osapi": ("/jobs", OSAPI),
        "osapi on NATS": ("/jobs", OSAPI),
        "tasker": ("/v1/tasks", TASKER),
        "tasker on PostgreSQL": ("/v1/tasks", TASKER),
        "job-queue on Redis": ("/jobs", JOB_QUEUE),
    }.items():
        targets += [(address, path, bodies[0]) for address in addresses[group]]
        for _ in range(2):
            load.add(submit, addresses[group][0], path, bodies)
    for _ in range(3):
        load.add(leave, targets)
    load.add(scrape, targets)
    load.add(stop_collector, servers)

    processes = [process for members in groups.values() for process in members]
    faults, periods = [], 3 if seconds < 600 else 6
    for period in range(periods):
        load.go.set()
        time.sleep(seconds / periods)
        load.pause()
        print(f"pause {period + 1} of {periods}", flush=True)
        faults += settle(groups, addresses, database)
    load.end()
    for said, count in sorted(load.counts.items()):
        print(f"{count:7} {said}")

    faults += [f"grown: {what}" for what in judge(processes, seconds)]
    began = time.monotonic()
    for process in processes:
        process.popen.send_signal(signal.SIGTERM)
    for process in processes:
        status = process.popen.wait(LIMIT)
        if status != 0:
            faults.append(f"{process.name} ends with status {status}")
    print(f"stopped within {time.monotonic() - began:.1f} s")
    if faults:
        raise SystemExit("\n".join(faults))


main()
