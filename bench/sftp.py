"""SFTP beside OpenSSH's own server, for bench/run: the same clients, the same files, in turn.

OpenSSH's sshd gets a configuration of its own on a free loopback port, with internal-sftp and no PAM; homeroom is the
binary with a fresh data folder. Both take the same ed25519 key. Figures of the server's CPU are user and system time of the
whole process, for sshd with the processes that it started and has waited for.
"""
import json, os, pathlib, resource, shutil, signal, socket, statistics, subprocess, sys, time

MIB = 1 << 20
BIG = 256 * MIB
CLIENTS = 200
IDLE = 1000
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def many_files():
    """A thousand sessions need as many file handles."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def wait_for_port(port, process):
    for _ in range(500):
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} ended at once with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit(f"{process.args[0]} does not listen on port {port}")


def children_of(pid):
    return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


class Server:
    """A server process that this script started and ends."""

    def __init__(self, process, port, user, key, root):
        self.process, self.port, self.user, self.key, self.root = process, port, user, key, root
        wait_for_port(port, process)

    def cpu(self):
        """Seconds, once the processes of ended connections are waited for."""
        if self.root:
            deadline = time.monotonic() + 20
            while children_of(self.process.pid) and time.monotonic() < deadline:
                time.sleep(0.01)
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        # utime, stime, cutime, cstime: fields 14 to 17 of proc(5), of which two stand before the bracket.
        return sum(int(field) for field in fields[11:15]) / TICK

    def resident(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024

    def path(self, name):
        return f"{self.root}/{name}" if self.root else f"/{name}"

    def sftp(self):
        return ["sftp", "-q", "-b", "-", "-i", self.key, "-o", "IdentitiesOnly=yes", "-o", "UserKnownHostsFile=/dev/null",
                "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR", "-P", str(self.port), f"{self.user}@127.0.0.1"]

    def batch(self, commands):
        done = subprocess.run(self.sftp(), input=commands, text=True, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"sftp ended with {done.returncode}: {done.stderr[-2000:]}")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def openssh(work, key):
    program = shutil.which("sshd")
    folder = work / "sshd"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    files = work / "sshd-files"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir()
    if os.getuid() == 0:
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "host"], check=True)
    port = free_port()
    (folder / "config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nPidFile none\nUsePAM no\nStrictModes no\n"
        f"AuthorizedKeysFile {key}.pub\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
        f"MaxStartups 1000\nMaxSessions 1000\nLogLevel ERROR\nSubsystem sftp internal-sftp\n")
    process = subprocess.Popen([program, "-D", "-e", "-f", folder / "config"], stderr=open(folder / "log", "w"))
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    return Server(process, port, user, key, str(files))


def ours(name, homeroom, work, key):
    folder = work / f"sftp-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    # Nothing is to be read while uploads are measured; a thousand sessions come from one address here.
    settings = {"SFTP__LISTEN": "127.0.0.1:0", "WEB__LISTEN": "127.0.0.1:0", "INBOX__SETTLE_SECONDS": "86400",
                "SFTP__MAX_CONNECTIONS_PER_ADDRESS": "2000", "LOG__FILTER": "warn"}
    env = {**os.environ, **{f"HOMEROOM__{name}": value for name, value in settings.items()}}
    command = [str(homeroom), "--data", str(folder)]
    subprocess.run([*command, "district", "add", "lakeshore", "--name", "Lakeshore", "--time-zone", "UTC", "--seats", "10"],
                   check=True, env=env, stdout=subprocess.DEVNULL)
    added = subprocess.run([*command, "--json", "account", "add", "lakeshore", "--key", f"{key}.pub"],
                           check=True, env=env, capture_output=True, text=True)
    process = subprocess.Popen([*command, "serve"], env=env, stdout=subprocess.DEVNULL,
                               stderr=open(work / f"sftp-{name}.log", "w"), preexec_fn=many_files)
    address = folder / "serving.json"
    for _ in range(500):
        if address.exists():
            break
        time.sleep(0.02)
    port = int(json.loads(address.read_text())["sftp"].rsplit(":", 1)[1])
    return Server(process, port, json.loads(added.stdout)["user"], key, None)


class Figures:
    """Seconds of the clock and of the server's CPU, of each server."""

    def __init__(self, servers):
        self.servers = servers
        self.wall = {name: [] for name in servers}
        self.cpu = {name: [] for name in servers}

    def measure(self, name, work):
        before = self.servers[name].cpu()
        began = time.perf_counter()
        work(self.servers[name])
        self.wall[name].append(time.perf_counter() - began)
        self.cpu[name].append(self.servers[name].cpu() - before)

    def add(self, table, what, limit, cpu_limit=None):
        for called, figures, most in ((what, self.wall, limit), (f"{what}: CPU of server", self.cpu, cpu_limit)):
            table.add(called, figures["homeroom"], figures["openssh"], "OpenSSH sshd", most, before=figures.get("before"))


def at_once(server, file):
    """Two hundred clients that each put a file; none may fail."""
    clients = [subprocess.Popen(server.sftp(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                text=True) for _ in range(CLIENTS)]
    for at, client in enumerate(clients):
        client.stdin.write(f"put {file} {server.path(f'many-{at}.csv')}\n")
        client.stdin.close()
    failed = [(client.wait(), client.stderr.read()) for client in clients]
    failed = [error for code, error in failed if code != 0]
    if failed:
        sys.exit(f"{len(failed)} of {CLIENTS} uploads at once failed: {failed[0][-500:]}")


PARAMIKO = r"""
import sys, paramiko
port, user, key, remote, local = sys.argv[1:]
transport = paramiko.Transport(("127.0.0.1", int(port)))
transport.connect(username=user, pkey=paramiko.Ed25519Key.from_private_key_file(key))
paramiko.SFTPClient.from_transport(transport).get(remote, local)
transport.close()
"""

IDLERS = r"""
import sys, paramiko
from concurrent.futures import ThreadPoolExecutor
port, user, key, count = sys.argv[1:]
key = paramiko.Ed25519Key.from_private_key_file(key)
def connect(_):
    transport = paramiko.Transport(("127.0.0.1", int(port)))
    transport.banner_timeout = transport.auth_timeout = 120
    transport.connect(username=user, pkey=key)
    sftp = paramiko.SFTPClient.from_transport(transport)
    sftp.listdir("/samples")
    return sftp
with ThreadPoolExecutor(16) as pool:
    sessions = list(pool.map(connect, range(int(count))))
print(len(sessions), flush=True)
sys.stdin.read()
import os
os._exit(0)
"""


def idle(server, python):
    """Resident megabytes with a thousand sessions that have listed a folder and wait."""
    clients = subprocess.Popen([python, "-c", IDLERS, str(server.port), server.user, server.key, str(IDLE)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=many_files)
    try:
        opened = clients.stdout.readline().strip()
        if opened != str(IDLE):
            sys.exit(f"only {opened or 'some'} of {IDLE} idle sessions were opened")
        return server.resident()
    finally:
        clients.stdin.close()
        clients.wait()


def sftp(table, binaries, work, rounds, python):
    key = str(work / "client-key")
    if not os.path.exists(key):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    big, small, back = work / "big.bin", work / "small.bin", work / "back.bin"
    if not big.exists() or big.stat().st_size != BIG:
        big.write_bytes(os.urandom(BIG))
    small.write_bytes(os.urandom(MIB))
    servers = {}
    try:
        servers["openssh"] = openssh(work, key)
        for name, path in binaries.paths.items():
            servers[name] = ours(name, path, work, key)
        # The idle sessions come first, before anything else has grown the process.
        idle_mb = idle(servers["homeroom"], python)
        up, down, paramiko, many = (Figures(servers) for _ in range(4))
        for round in range(rounds):
            turns = ["openssh", *(name for name, _ in binaries.turns(round))]
            for name in turns:
                up.measure(name, lambda server: server.batch(f"put {big} {server.path('big.bin')}\n"))
            for name in turns:
                back.unlink(missing_ok=True)
                down.measure(name, lambda server: server.batch(f"get {server.path('big.bin')} {back}\n"))
                if back.read_bytes() != big.read_bytes():
                    sys.exit(f"{name} gave back other bytes than it got")
            for name in turns:
                back.unlink(missing_ok=True)
                paramiko.measure(name, lambda server: subprocess.run(
                    [python, "-c", PARAMIKO, str(server.port), server.user, key, server.path("big.bin"), back], check=True))
            for name in turns:
                many.measure(name, lambda server: at_once(server, small))
        up.add(table, "SFTP 256 MiB up", 0.85, 0.7)
        down.add(table, "SFTP 256 MiB down", 0.85, 0.7)
        paramiko.add(table, "SFTP 256 MiB down, paramiko", 1.5)
        many.add(table, f"SFTP {CLIENTS} uploads of 1 MB at once", None)
        table.add_memory(f"SFTP {IDLE} idle sessions", idle_mb, 300)
        table.add_memory("SFTP after all of these", servers["homeroom"].resident(), None)
    finally:
        for server in servers.values():
            server.end()
        back.unlink(missing_ok=True)
