//! The server with the clients that districts use. A client that is not installed fails its test.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing test may panic")]

mod server;

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use server::{TestServer, bytes, run, servers};

#[test]
fn openssh_sftp_puts_gets_lists_renames_and_removes() {
    for server in servers() {
        let file = server.local("roster.csv", &bytes(3_000_000));
        let out = server.sftp(&format!(
            "put {file}\nls -l\nmkdir autumn\nput {file} autumn/copy.csv\nrename autumn/copy.csv autumn/moved.csv\nls autumn\n\
             get roster.csv {file}.back\nrm roster.csv\nrm autumn/moved.csv\nrmdir autumn\nls\ndf\nchmod 600 /\n"
        ));
        assert!(out.contains("3000000"), "{out}");
        assert!(out.contains("autumn/moved.csv"), "{out}");
        assert_eq!(fs::read(format!("{file}.back")).unwrap(), bytes(3_000_000), "{}", server.engine);
        // Removing a file does not remove its upload: two puts and a rename.
        assert_eq!(server.uploads(), ["moved.csv", "copy.csv", "roster.csv"], "{}", server.engine);
    }
}

#[test]
fn results_and_samples_are_read_only() {
    for server in servers() {
        let file = server.local("x.csv", b"x");
        let out = server.sftp(&format!("ls samples\nget samples/sample.csv {file}.sample\nls results\n"));
        assert!(out.contains("sample.csv"), "{out}");
        assert_eq!(fs::read(format!("{file}.sample")).unwrap(), b"a,b\n");
        for refused in [
            "put FILE results/x.csv",
            "put FILE samples/x.csv",
            "rm samples/sample.csv",
            "mkdir results/a",
            "rmdir results",
            "rename samples a",
        ] {
            let (succeeded, out) = server.try_sftp(&format!("{}\n", refused.replace("FILE", &file)));
            assert!(!succeeded, "{refused}: {out}");
        }
        assert_eq!(server.uploads(), Vec::<String>::new());
    }
}

#[test]
fn a_broken_upload_is_partial_and_can_be_resumed() {
    for server in servers() {
        let complete = bytes(2_000_000);
        let file = server.local("roster.csv", &complete);
        let half = server.local("half", &complete[..700_001]);
        // A client that ends its connection without closing the file.
        server.break_off("roster.csv", &half);
        assert_eq!(server.uploads(), Vec::<String>::new(), "a file that was not closed is not an upload");
        let out = server.sftp("ls -l\n");
        assert!(out.contains("700001"), "{out}");
        let out = server.sftp(&format!("reput {file} roster.csv\nget roster.csv {file}.back\n"));
        assert_eq!(fs::read(format!("{file}.back")).unwrap(), complete, "{out}");
        assert_eq!(server.uploads(), ["roster.csv"]);
    }
}

#[test]
fn files_with_temporary_names_are_uploads_once_they_are_renamed() {
    for server in servers() {
        let file = server.local("roster.csv", &bytes(1_000));
        server.sftp(&format!("put {file} roster.csv.filepart\nput {file} .hidden\n"));
        assert_eq!(server.uploads(), Vec::<String>::new());
        server.sftp("rename roster.csv.filepart roster.csv\n");
        assert_eq!(server.uploads(), ["roster.csv"], "{}", server.engine);
        // OpenSSH requests a POSIX rename, which replaces an existing file.
        server.sftp(&format!("put {file} roster.csv.tmp\nrename roster.csv.tmp roster.csv\n"));
        assert_eq!(server.uploads(), ["roster.csv", "roster.csv"]);
    }
}

#[test]
fn keys_log_in_and_wrong_logins_do_not() {
    for server in servers() {
        for kind in ["ed25519", "rsa"] {
            let key = server.folder.path().join(kind);
            run(Command::new("ssh-keygen").args(["-q", "-t", kind, "-N", "", "-f"]).arg(&key));
            server.add_key(&fs::read_to_string(key.with_extension("pub")).unwrap());
            let mut sftp = server.client("sftp");
            sftp.args(["-b", "-", "-o", "PasswordAuthentication=no", "-i"]).arg(&key).arg(server.target());
            let out = run(&mut sftp);
            assert!(out.contains("sftp>") || out.is_empty(), "{kind}: {out}");
        }
        let (succeeded, out) = server.try_sftp_as(&server.user, "wrong", "ls\n");
        assert!(!succeeded && out.contains("Permission denied"), "{out}");
        let (succeeded, _) = server.try_sftp_as("nobody", &server.password, "ls\n");
        assert!(!succeeded);
        server.disable();
        let (succeeded, _) = server.try_sftp("ls\n");
        assert!(!succeeded, "a disabled account");
    }
}

#[test]
fn a_wrong_key_is_followed_by_the_password() {
    let server = TestServer::with(|_| {});
    let key = server.folder.path().join("unknown");
    run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key));
    let batch = server.local("batch", b"ls\n");
    let mut sftp = server.client("sftp");
    sftp.args(["-o", "BatchMode=no", "-b", &batch, "-i"]).arg(&key).arg(server.target());
    assert!(run(&mut sftp).contains("samples"));
}

// russh does not answer a second SERVICE_REQUEST, and paramiko sends one for each login method. It must not wait forever.
#[test]
fn paramiko_with_a_wrong_key_is_disconnected_when_its_login_time_is_over() {
    let server = TestServer::with(|settings| settings.login_seconds = 1);
    let out = server.python(
        r#"
import sys, time, paramiko
port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]
began = time.time()
try:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect("127.0.0.1", port=port, username=user, password=password, pkey=paramiko.RSAKey.generate(2048),
                   allow_agent=False, look_for_keys=False)
    print("logged in")
except (EOFError, paramiko.SSHException) as error:
    print("refused" if time.time() - began < 20 else "waited")
transport = paramiko.Transport(("127.0.0.1", port))
transport.connect(username=user, password=password)
print("files", paramiko.SFTPClient.from_transport(transport).listdir("/"))
"#,
        &[],
    );
    // If a newer russh lets it log in, this test should show it.
    assert_eq!(out, "refused\nfiles ['results', 'samples']\n");
}

#[test]
fn an_upload_whose_client_was_killed_can_be_resumed() {
    for server in servers() {
        let complete = bytes(4_000_000);
        let file = server.local("roster.csv", &complete);
        let batch = server.local("batch", format!("put {file}\n").as_bytes());
        let mut slow = server.client("sftp");
        // 8,000 kbit/s: four seconds for the file.
        slow.args(["-l", "8000", "-o", "BatchMode=no", "-b", &batch, &server.target()]);
        let mut slow = slow.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let size = || server.size("roster.csv").unwrap_or(0);
        wait_until(|| size() > 300_000);
        slow.kill().unwrap();
        slow.wait().unwrap();
        assert_eq!(server.uploads(), Vec::<String>::new());
        assert!(size() < 4_000_000);
        server.sftp(&format!("reput {file} roster.csv\nget roster.csv {file}.back\n"));
        assert_eq!(fs::read(format!("{file}.back")).unwrap(), complete, "{}", server.engine);
        assert_eq!(server.uploads(), ["roster.csv"]);
    }
}

/// Waits until a condition that depends on another process holds.
fn wait_until(mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(30), "the condition did not become true in 30 seconds");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn openssh_keeps_times_and_copies_trees() {
    let server = TestServer::with(|_| {});
    let file = server.local("roster.csv", b"x");
    let old = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    fs::File::open(&file).unwrap().set_modified(old).unwrap();
    let tree = server.folder.path().join("tree/inner");
    fs::create_dir_all(&tree).unwrap();
    fs::write(tree.join("a.csv"), bytes(10_000)).unwrap();
    let tree = tree.parent().unwrap().display().to_string();
    server.sftp(&format!(
        "put -p {file}\nput -f {file} synced.csv\nput -R {tree}\nget -p roster.csv {file}.back\nget -R tree {tree}.back\n"
    ));
    assert_eq!(fs::metadata(format!("{file}.back")).unwrap().modified().unwrap(), old);
    assert_eq!(fs::read(format!("{tree}.back/inner/a.csv")).unwrap(), bytes(10_000));
    assert_eq!(server.uploads(), ["a.csv", "synced.csv", "roster.csv"]);
    let (succeeded, _) = server.try_sftp("rename -l roster.csv synced.csv\n");
    assert!(!succeeded, "a plain rename replaces nothing");
    let (succeeded, _) = server.try_sftp("ln roster.csv hard.csv\n");
    assert!(!succeeded, "hard links");
    let (succeeded, _) = server.try_sftp("symlink roster.csv soft.csv\n");
    assert!(!succeeded, "symbolic links");
}

#[test]
fn shell_exec_and_forwarding_are_refused_immediately() {
    let server = servers().remove(0);
    let began = Instant::now();
    for arguments in [vec!["id"], vec!["-t"], vec!["-s", "other"]] {
        let mut ssh = server.client("ssh");
        ssh.args(["-p", &server.port()]);
        ssh.arg(format!("{}@127.0.0.1", server.user)).args(&arguments);
        let out = ssh.stdin(Stdio::null()).output().unwrap();
        assert!(!out.status.success(), "{arguments:?}");
        assert!(out.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stdout));
    }
    for forward in [["-W", "127.0.0.1:22"], ["-R", "0:127.0.0.1:22"]] {
        let mut ssh = server.client("ssh");
        ssh.args(["-p", &server.port(), "-o", "ExitOnForwardFailure=yes", "-N"]).args(forward);
        ssh.arg(format!("{}@127.0.0.1", server.user));
        let out = ssh.stdin(Stdio::null()).output().unwrap();
        assert!(!out.status.success(), "{forward:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(60), "no client waits for an answer");
}

#[test]
fn scp_copies_both_ways() {
    let server = servers().remove(0);
    let file = server.local("roster.csv", &bytes(500_000));
    for (from, to) in [
        (file.clone(), format!("scp://{}//roster.csv", server.host())),
        (format!("scp://{}//roster.csv", server.host()), format!("{file}.back")),
    ] {
        let mut scp = server.client("scp");
        scp.args(["-s", &from, &to]);
        run(&mut scp);
    }
    assert_eq!(fs::read(format!("{file}.back")).unwrap(), bytes(500_000));
    assert_eq!(server.uploads(), ["roster.csv"]);
}

#[test]
fn lftp_mirrors_both_ways_and_resumes() {
    let server = TestServer::with(|_| {});
    let complete = bytes(900_000);
    let folder = server.folder.path().join("mirror");
    fs::create_dir_all(folder.join("deep")).unwrap();
    fs::write(folder.join("deep/roster.csv"), &complete).unwrap();
    let half = server.local("half", &complete[..300_000]);
    server.break_off("broken.csv", &half);
    let folder = folder.display();
    server.lftp(&format!(
        "mirror -R {folder} mirrored; mirror mirrored {folder}.back; put -c {folder}/deep/roster.csv -o broken.csv; mv \
         broken.csv completed.csv; rm -r mirrored"
    ));
    assert_eq!(fs::read(format!("{folder}.back/deep/roster.csv")).unwrap(), complete);
    assert_eq!(server.uploads(), ["completed.csv", "broken.csv", "roster.csv"]);
    assert_eq!(server.size("completed.csv"), Some(900_000));
}

#[test]
fn curl_resumes_appends_and_renames() {
    let server = TestServer::with(|_| {});
    let complete = bytes(900_000);
    let file = server.local("roster.csv", &complete);
    let half = server.local("half", &complete[..300_000]);
    server.break_off("roster.csv", &half);
    server.curl(&["-C", "-", "-T", &file], "roster.csv");
    assert_eq!(server.size("roster.csv"), Some(900_000));
    let tail = server.local("tail", b"and more");
    server.curl(&["-a", "-T", &tail], "roster.csv");
    assert_eq!(server.size("roster.csv"), Some(900_008));
    server.curl(&["-T", &file, "-Q", "-rename /new.csv.tmp /new.csv"], "new.csv.tmp");
    let back = server.local("back", &complete[..100_000]);
    server.curl(&["-C", "-", "-o", &back], "new.csv");
    assert_eq!(fs::read(&back).unwrap(), complete);
    assert_eq!(server.uploads(), ["new.csv", "roster.csv", "roster.csv"]);
}

#[test]
fn curl_uploads_and_downloads() {
    let server = servers().remove(0);
    let file = server.local("roster.csv", &bytes(500_000));
    let url = format!("sftp://127.0.0.1:{}/roster.csv", server.port());
    let login = format!("{}:{}", server.user, server.password);
    run(Command::new("/usr/bin/curl").args(["-sS", "-k", "-u", &login, "-T", &file, &url]));
    run(Command::new("/usr/bin/curl").args(["-sS", "-k", "-u", &login, "-o", &format!("{file}.back"), &url]));
    assert_eq!(fs::read(format!("{file}.back")).unwrap(), bytes(500_000));
    assert_eq!(server.uploads(), ["roster.csv"]);
}

#[test]
fn paramiko_reads_ahead_and_checks_the_size() {
    let server = servers().remove(0);
    let file = server.local("roster.csv", &bytes(40_000_000));
    let script = server.local("client.py", PARAMIKO.as_bytes());
    let out =
        run(Command::new("python3").args([&script, &server.port(), &server.user, &server.password, &file]));
    assert_eq!(out.trim(), "fine");
    assert_eq!(fs::read(format!("{file}.back")).unwrap(), bytes(40_000_000));
    assert_eq!(server.uploads(), ["roster.csv"]);
}

const PARAMIKO: &str = r#"
import sys, paramiko
port, user, password, file = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
transport = paramiko.Transport(("127.0.0.1", port))
transport.connect(username=user, password=password)
sftp = paramiko.SFTPClient.from_transport(transport)
sftp.put(file, "/roster.csv", confirm=True)
sftp.get("/roster.csv", file + ".back")
with sftp.open("/roster.csv") as remote:
    remote.seek(1000)
    assert remote.read(10) == open(file, "rb").read()[1000:1010]
assert "roster.csv" in sftp.listdir("/")
for path in ["../../../etc/passwd", "/proc/self/environ", "a/../../b", "\u2025/x"]:
    try:
        sftp.stat(path)
        sys.exit("found " + path)
    except FileNotFoundError:
        pass
for refused in [lambda: sftp.symlink("/etc/passwd", "/link"), lambda: sftp.readlink("/roster.csv"), lambda: sftp.open("x\0y", "w")]:
    try:
        refused()
        sys.exit("was not refused")
    except (IOError, OSError):
        pass
print("fine")
"#;

#[test]
fn two_hundred_concurrent_uploads_all_arrive() {
    for server in servers() {
        let file = server.local("roster.csv", &bytes(1_000_000));
        let mut clients = (0..200)
            .map(|at| server.spawn_sftp(&format!("put {file} roster-{at}.csv\n")))
            .collect::<Vec<_>>();
        for client in &mut clients {
            assert!(client.wait().unwrap().success(), "{}", server.engine);
        }
        let mut uploads = server.uploads();
        uploads.sort();
        uploads.dedup();
        assert_eq!(uploads.len(), 200, "{}", server.engine);
        assert!(
            (0..200).all(|at| server.size(&format!("roster-{at}.csv")) == Some(1_000_000)),
            "{}",
            server.engine
        );
    }
}

#[test]
fn a_silent_client_is_disconnected() {
    let server = TestServer::with(|settings| settings.login_seconds = 1);
    let began = Instant::now();
    let mut silent = std::net::TcpStream::connect(("127.0.0.1", server.port().parse().unwrap())).unwrap();
    let mut rest = vec![];
    // The server sends its version and then waits for the client's, but not for long.
    let ended = std::io::Read::read_to_end(&mut silent, &mut rest);
    assert!(ended.is_ok() || ended.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(rest.starts_with(b"SSH-2.0-Homeroom"));
}

#[test]
fn too_many_connections_from_one_address_are_refused() {
    let server = TestServer::with(|settings| settings.max_connections_per_address = 2);
    let port = server.port().parse::<u16>().unwrap();
    let _two = [(); 2].map(|()| std::net::TcpStream::connect(("127.0.0.1", port)).unwrap());
    let mut hello = [0; 4];
    let mut third = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let read = std::io::Read::read(&mut third, &mut hello);
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
}
