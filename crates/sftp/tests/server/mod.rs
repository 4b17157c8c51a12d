//! A server with one district and one account, and clients that log in.

use std::fs;
use std::io::Write;
use std::process::{Child, Command, Stdio};

use homeroom_inbox::{Inbox, InboxSettings, parse_public_key};
use homeroom_model::district::{Mode, Slug};
use homeroom_sftp::{HostKeys, RunningServer, SampleFile, Server, SftpSettings};
use homeroom_store::DistrictStore;
use homeroom_store::district::NewDistrict;
use homeroom_testkit::{TestStore, ssh_client, stores};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(crate) struct TestServer {
    pub(crate) engine: &'static str,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) folder: TempDir,
    district: DistrictStore,
    running: RunningServer,
    /// The store blocks, so the tests themselves are not part of the server's runtime.
    _runtime: Runtime,
    _test: TestStore,
}

/// A server on each engine.
pub(crate) fn servers() -> Vec<TestServer> {
    stores().into_iter().map(|test| TestServer::start(test, |_| {})).collect()
}

/// Bytes that do not repeat.
pub(crate) fn bytes(count: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut bytes = Vec::with_capacity(count + 8);
    while bytes.len() < count {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(count);
    bytes
}

/// Runs a client, which must succeed; its standard output.
pub(crate) fn run(command: &mut Command) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    let out = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed ({error}): dev/test installs it"));
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{program}: {} {errors}", String::from_utf8_lossy(&out.stdout));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

impl TestServer {
    /// On SQLite, with other settings.
    pub(crate) fn with(change: impl FnOnce(&mut SftpSettings)) -> TestServer {
        TestServer::start(stores().remove(0), change)
    }

    fn start(test: TestStore, change: impl FnOnce(&mut SftpSettings)) -> TestServer {
        let new = NewDistrict {
            slug: Slug::parse("lincoln").unwrap(),
            name: "Lincoln".into(),
            time_zone: "UTC".into(),
            seats: 10,
            apps: vec![],
            mode: Mode::OnUpload,
            at: "02:00".into(),
            file: "roster.csv".into(),
        };
        let district = test.store.district(test.store.districts_add(&new).unwrap().id);
        let inbox = Inbox::new(test.store.clone(), InboxSettings::default());
        let login = inbox.account_add(&district, None, None).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut settings = SftpSettings {
            listen: "127.0.0.1:0".into(),
            wrong_login_delay_milliseconds: 50,
            ..SftpSettings::default()
        };
        change(&mut settings);
        let samples = vec![SampleFile { name: "sample.csv".into(), bytes: b"a,b\n" }];
        let keys = HostKeys::load_or_make(folder.path()).unwrap();
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(Server::start(settings, inbox, samples, keys)).unwrap();
        TestServer {
            engine: test.engine,
            user: login.user,
            password: login.password,
            folder,
            district,
            running,
            _runtime: runtime,
            _test: test,
        }
    }

    pub(crate) fn port(&self) -> String {
        self.running.addr().port().to_string()
    }

    pub(crate) fn host(&self) -> String {
        format!("{}@127.0.0.1:{}", self.user, self.port())
    }

    pub(crate) fn target(&self) -> String {
        format!("sftp://{}", self.host())
    }

    /// A file of the client's; its path.
    pub(crate) fn local(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    /// Names of the uploads, newest first.
    pub(crate) fn uploads(&self) -> Vec<String> {
        self.district.uploads_list(1_000).unwrap().into_iter().map(|upload| upload.name).collect()
    }

    pub(crate) fn add_key(&self, text: &str) {
        let account = self.district.accounts_list().unwrap().remove(0);
        self.district.account_keys_add(account.id, &parse_public_key(text).unwrap()).unwrap();
    }

    pub(crate) fn disable(&self) {
        let account = self.district.accounts_list().unwrap().remove(0);
        self.district.accounts_disable(account.id, true).unwrap();
    }

    /// A client that logs in with the account's password.
    pub(crate) fn client(&self, program: &str) -> Command {
        ssh_client(program, self.folder.path(), &self.password)
    }

    fn command_as(&self, user: &str, password: &str) -> Command {
        let mut command = ssh_client("sftp", self.folder.path(), password);
        // -b - alone would forbid the question for the password.
        command.args(["-o", "BatchMode=no", "-b", "-"]);
        command.arg(format!("sftp://{user}@127.0.0.1:{}", self.port()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn spawn_sftp(&self, batch: &str) -> Child {
        let mut child = self.command_as(&self.user, &self.password).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(batch.as_bytes()).unwrap();
        child
    }

    pub(crate) fn try_sftp_as(&self, user: &str, password: &str, batch: &str) -> (bool, String) {
        let mut child =
            self.command_as(user, password).spawn().expect("sftp is needed: dev/test installs it");
        // A client that is refused does not read its batch.
        let _ = child.stdin.take().unwrap().write_all(batch.as_bytes());
        let out = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        (out.status.success(), text)
    }

    pub(crate) fn try_sftp(&self, batch: &str) -> (bool, String) {
        self.try_sftp_as(&self.user, &self.password, batch)
    }

    /// Runs a batch of commands, which must all succeed; what was printed.
    pub(crate) fn sftp(&self, batch: &str) -> String {
        let (fine, out) = self.try_sftp(batch);
        assert!(fine, "{}: {out}", self.engine);
        out
    }

    /// Writes a file under `name` and ends the connection without closing it.
    pub(crate) fn break_off(&self, name: &str, file: &str) {
        let script = self.local("break_off.py", BREAK_OFF.as_bytes());
        run(Command::new("python3").args([&script, &self.port(), &self.user, &self.password, file, name]));
    }
}

const BREAK_OFF: &str = r#"
import os, sys, paramiko
port, user, password, file, name = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5]
transport = paramiko.Transport(("127.0.0.1", port))
transport.connect(username=user, password=password)
sftp = paramiko.SFTPClient.from_transport(transport)
remote = sftp.open("/" + name, "w")
remote.write(open(file, "rb").read())
remote.flush()
sftp.stat("/" + name)
os._exit(0)
"#;
