//! What no client can do to the server.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod server;

use std::fs;
use std::io::Read;
use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use homeroom_inbox::{DropPath, InboxSettings, OpenMode};
use server::{TestServer, bytes, run, servers};

const NEW: OpenMode = OpenMode { create: true, truncate: true, exclusive: false, append: false };

/// Functions for scripts that log in as the account.
const LOGIN: &str = "
import os, struct, sys, time, paramiko
port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]
def connect(**more):
    transport = paramiko.Transport(('127.0.0.1', port), **more)
    transport.connect(username=user, password=password)
    return transport
def raw(transport, window=None):
    channel = transport.open_session(window_size=window)
    channel.invoke_subsystem('sftp')
    return channel
def packet(kind, *fields):
    body = bytes([kind]) + b''.join(
        struct.pack('>I', field) if isinstance(field, int) else struct.pack('>I', len(field)) + field for field in fields)
    return struct.pack('>I', len(body)) + body
def exactly(channel, count):
    parts = []
    while count:
        part = channel.recv(count)
        if not part:
            sys.exit('the session was ended')
        parts.append(part)
        count -= len(part)
    return b''.join(parts)
def answer(channel):
    return exactly(channel, struct.unpack('>I', exactly(channel, 4))[0])
";

fn script(text: &str) -> String {
    format!("{LOGIN}{text}")
}

/// The peak memory of this process, which includes the server, in MB.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

fn put(server: &TestServer, name: &str, bytes: &[u8]) {
    let path = DropPath::parse(name.as_bytes()).unwrap();
    let mut handle = server.drop_box().open_write(&path, NEW).unwrap();
    for (at, block) in bytes.chunks(1 << 20).enumerate() {
        handle.write_at(block, (at as u64) << 20).unwrap();
    }
    handle.close().unwrap();
}

#[test]
fn a_client_that_requests_much_in_one_packet_does_not_fill_the_memory() {
    let server = TestServer::with(|_| {});
    put(&server, "big.csv", &bytes(300_000));
    let before = peak_memory();
    // A thousand reads fit into one SSH packet, and a window of 2 GiB has room for all their answers: 250 MB.
    let out = server.python(
        &script(
            "
channel = raw(connect(), window=paramiko.common.MAX_WINDOW_SIZE)
channel.settimeout(60)
channel.sendall(packet(1, 3) + packet(3, 1, b'/big.csv', 1, 0))
assert answer(channel)[0] == 2 and answer(channel)[0] == 102
channel.sendall(b''.join(packet(5, at, b'\\0\\0\\0\\0', 0, 0, 250000) for at in range(1000)))
for at in range(1000):
    data = answer(channel)
    assert len(data) == 250009 and data[:5] == struct.pack('>BI', 103, at), data[:20]
# The session still works.
channel.sendall(packet(16, 5, b'..'))
assert answer(channel)[:5] == struct.pack('>BI', 104, 5)
print('fine')
",
        ),
        &[],
    );
    let grown = peak_memory() - before;
    assert_eq!(out.trim(), "fine");
    assert!(grown < 80, "the server grew by {grown} MB");
}

#[test]
fn a_session_continues_after_it_has_requested_much_at_once() {
    let server = TestServer::with(|_| {});
    put(&server, "big.csv", &bytes(30_000_000));
    let out = server.python(
        &script(
            "
sftp = paramiko.SFTPClient.from_transport(connect(default_window_size=paramiko.common.MAX_WINDOW_SIZE))
for round in range(5):
    with sftp.open('/big.csv') as remote:
        remote.prefetch()
        assert len(remote.read()) == 30000000
    with sftp.open(f'/note-{round}', 'w') as remote:
        remote.write('fine')
    assert sftp.stat(f'/note-{round}').st_size == 4
print(len(sftp.listdir('/')))
",
        ),
        &[],
    );
    assert_eq!(out.trim(), "8", "five notes, the file, results and samples");
}

#[test]
fn a_client_that_never_reads_its_answers_is_disconnected_before_it_fills_the_memory() {
    let server = TestServer::with(|_| {});
    put(&server, "big.csv", &bytes(3_000_000));
    let before = peak_memory();
    let out = server.python(
        &script(
            "
channel = raw(connect(), window=32768)
channel.sendall(packet(1, 3))
channel.sendall(packet(3, 1, b'/big.csv', 1, 0))
reads = b''.join(packet(5, at, b'\\0\\0\\0\\0', 0, 0, 250000) for at in range(20000))
try:
    for _ in range(60):
        channel.sendall(reads)
    print('took it all')
except (OSError, EOFError):
    print('ended')
",
        ),
        &[],
    );
    let grown = peak_memory() - before;
    assert_eq!(out.trim(), "ended");
    assert!(grown < 80, "the server grew by {grown} MB");
}

#[test]
fn damaged_packets_end_only_their_own_session() {
    for server in servers() {
        let out = server.python(
            &script(
                "
good = connect()
sftp = paramiko.SFTPClient.from_transport(good)
for damage in [
    b'\\xff\\xff\\xff\\xff' + b'x' * 100,           # 4 GiB long
    b'\\0\\0\\0\\0' * 10,                            # nothing at all
    struct.pack('>I', 256 * 1024 + 1) + b'x' * 10,   # just too long
    packet(1, 3) + b'\\0\\0\\0\\x02\\x03\\x01',      # cut off before its id ends
]:
    channel = raw(good)
    channel.settimeout(20)
    channel.sendall(damage)
    while channel.recv(1000):
        pass
    assert sftp.listdir('/') == ['results', 'samples'], sftp.listdir('/')
# Malformed fields are answered with an error, and the session continues.
channel = raw(good)
channel.settimeout(20)
channel.sendall(packet(1, 3))
answer(channel)
for kind in list(range(3, 21)) + [200, 255]:
    channel.sendall(packet(kind, 7) + b'')
    status = answer(channel)
    assert status[0] == 101 and struct.unpack('>I', status[5:9])[0] in (5, 8), (kind, status)
print('fine')
",
            ),
            &[],
        );
        assert_eq!(out.trim(), "fine", "{}", server.engine);
    }
}

#[test]
fn opening_too_many_files_does_not_empty_the_refused_one() {
    let server = TestServer::with(|settings| settings.max_handles = 2);
    put(&server, "roster.csv", b"precious");
    server.python(
        &script(
            "
sftp = paramiko.SFTPClient.from_transport(connect())
one, two = sftp.open('/one', 'w'), sftp.open('/two', 'w')
try:
    sftp.open('/roster.csv', 'w')
    sys.exit('a third file was opened')
except OSError as error:
    assert 'too many files' in str(error), error
one.close()
sftp.open('/roster.csv', 'r').close()
",
        ),
        &[],
    );
    let path = DropPath::parse(b"roster.csv").unwrap();
    assert_eq!(server.drop_box().stat(&path).unwrap().bytes, 8);
}

#[test]
fn writes_to_a_full_account_fail() {
    let settings =
        InboxSettings { max_file_bytes: 2_000_000, max_total_bytes: 3_000_000, ..InboxSettings::default() };
    let server = TestServer::with_inbox(settings);
    let file = server.local("roster.csv", &bytes(1_900_000));
    server.sftp(&format!("put {file}\n"));
    let (succeeded, out) = server.try_sftp(&format!("put {file} second.csv\n"));
    assert!(!succeeded, "{out}");
    let large = server.local("large.csv", &bytes(2_100_000));
    let (succeeded, out) = server.try_sftp(&format!("put {large} roster.csv\n"));
    assert!(!succeeded, "{out}");
    assert_eq!(server.uploads(), ["roster.csv"]);
    // The partial file is still there, and counts until it is removed.
    let out = server.sftp("df\nrm second.csv\nrm roster.csv\n");
    // 3,000,000 bytes are 2,929 KB: the account's limit, not the size of the disk.
    assert!(out.contains("2928"), "{out}");
    server.sftp(&format!("put {file}\n"));
}

#[test]
fn guessing_passwords_is_slow_and_limited() {
    let server = TestServer::with(|settings| {
        settings.wrong_login_delay_milliseconds = 300;
        settings.max_login_attempts = 2;
    });
    // The usual test client asks once; this one asks until it is disconnected.
    let usual = server.client_with("sftp", "guess");
    let mut ssh = std::process::Command::new("sftp");
    ssh.envs(usual.get_envs().filter_map(|(name, value)| value.map(|value| (name, value))));
    for option in ["UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=no", "NumberOfPasswordPrompts=5"] {
        ssh.args(["-o", option]);
    }
    ssh.args(["-o", "PubkeyAuthentication=no"]);
    let began = Instant::now();
    let out = ssh.arg(server.target()).stdin(Stdio::null()).output().unwrap();
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(!out.status.success());
    assert!(began.elapsed() > Duration::from_millis(600), "{:?}: {errors}", began.elapsed());
    assert!(errors.contains("Too many authentication"), "{errors}");
}

#[test]
fn a_disabled_account_loses_its_open_sessions() {
    let server = TestServer::with(|_| {});
    let mut client = server
        .python_command(
            &script(
                "
sftp = paramiko.SFTPClient.from_transport(connect())
remote = sftp.open('/roster.csv', 'w')
remote.write('x' * 1000)
print('written', flush=True)
sys.stdin.readline()
try:
    remote.close()
    sftp.listdir('/')
    print('still here')
except (OSError, EOFError, paramiko.SSHException):
    print('put out')
",
            ),
            &[],
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut written = [0; 8];
    client.stdout.as_mut().unwrap().read_exact(&mut written).unwrap();
    server.disable();
    server.clock().advance(jiff::SignedDuration::from_secs(5));
    std::io::Write::write_all(client.stdin.as_mut().unwrap(), b"\n").unwrap();
    let out = client.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&out.stdout).trim(), "put out");
    assert_eq!(server.uploads(), Vec::<String>::new());
    assert_eq!(server.size("roster.csv"), Some(1_000));
}

#[test]
fn an_idle_session_is_ended() {
    let server = TestServer::with(|settings| settings.idle_seconds = 1);
    let out = server.python(
        &script(
            "
transport = connect()
sftp = paramiko.SFTPClient.from_transport(transport)
sftp.listdir('/')
began = time.time()
while transport.is_active() and time.time() - began < 30:
    time.sleep(0.05)
print('ended' if not transport.is_active() else 'still there')
",
        ),
        &[],
    );
    assert_eq!(out.trim(), "ended");
}

#[test]
fn a_stopping_server_cuts_an_upload_and_keeps_what_has_arrived() {
    let server = TestServer::with(|_| {});
    let mut client = server
        .python_command(
            &script(
                "
sftp = paramiko.SFTPClient.from_transport(connect())
remote = sftp.open('/roster.csv', 'w')
remote.write('x' * 100000)
remote.flush()
sftp.stat('/roster.csv')
print('written', flush=True)
sys.stdin.read()
",
            ),
            &[],
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut written = [0; 7];
    client.stdout.as_mut().unwrap().read_exact(&mut written).unwrap();
    let port = server.port().parse::<u16>().unwrap();
    let began = Instant::now();
    let (drop_box, _test) = server.stop(Duration::from_millis(100));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    let path = DropPath::parse(b"roster.csv").unwrap();
    assert_eq!(drop_box.stat(&path).unwrap().bytes, 100_000);
    drop(client.stdin.take());
    client.wait().unwrap();
}

#[test]
fn sending_bytes_slowly_does_not_extend_the_login_time() {
    let server = TestServer::with(|settings| settings.login_seconds = 1);
    let mut slow = TcpStream::connect(("127.0.0.1", server.port().parse().unwrap())).unwrap();
    let began = Instant::now();
    slow.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let ended = (0..200).any(|_| {
        let mut hello = [0; 100];
        std::io::Write::write_all(&mut slow, b"S").is_err()
            || match slow.read(&mut hello) {
                Ok(0) => true,
                Ok(_) => false,
                Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
            }
    });
    assert!(ended && began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[test]
fn hostile_paths_stay_in_the_account() {
    for server in servers() {
        let out = server.python(
            &script(
                r#"
sftp = paramiko.SFTPClient.from_transport(connect())
hostile = ['../../../../tmp/homeroom-escape', '/../../etc/passwd', 'a/../../../b', '..\\..\\windows', '\u202etxt.csv', '\uff0e\uff0e/x',
           '\u2025/x', 'x' * 255, 'x' * 256, '/'.join(['d'] * 40), 'x/' * 2040, ' ', '. ', '...', '~/x', '$HOME', '-rf', '*', 'con:', "a'b\"c;d|e"]
for name in hostile:
    for act in [lambda: sftp.open(name, 'w').close(), lambda: sftp.mkdir(name), lambda: sftp.rename(name, 'moved'),
                lambda: sftp.symlink('/etc/passwd', name), lambda: sftp.readlink(name), lambda: sftp.remove(name),
                lambda: sftp.posix_rename('moved', name), lambda: sftp.chmod(name, 0o777), lambda: sftp.truncate(name, 10)]:
        try:
            act()
        except OSError:
            pass
for link in [lambda: sftp.symlink('/etc/passwd', '/link'), lambda: sftp.readlink('/samples')]:
    try:
        link()
        sys.exit('a link was made or read')
    except OSError:
        pass
for name in sftp.listdir('/'):
    assert '/' not in name and name not in ('.', '..'), name
assert sftp.normalize('../../..') == '/'
print('fine')
"#,
            ),
            &[],
        );
        assert_eq!(out.trim(), "fine", "{}", server.engine);
        assert!(!std::path::Path::new("/tmp/homeroom-escape").exists());
        server.assert_only_blobs_on_disk();
    }
}

#[test]
fn session_keys_may_change_in_the_middle_of_a_file() {
    let server = TestServer::with(|_| {});
    let file = server.local("roster.csv", &bytes(3_000_000));
    let mut sftp = server.client("sftp");
    sftp.args(["-o", "BatchMode=no", "-o", "RekeyLimit=200K", "-b"]);
    let batch = server.local("batch", format!("put {file}\nget roster.csv {file}.back\n").as_bytes());
    sftp.args([&batch, &server.target()]);
    run(&mut sftp);
    assert_eq!(fs::read(format!("{file}.back")).unwrap(), bytes(3_000_000));
    assert_eq!(server.uploads(), ["roster.csv"]);
}
