//! A server with one district and one account, and clients that log in.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use homeroom_inbox::{DropBox, DropPath, Inbox, InboxSettings, SampleFile, parse_public_key};
use homeroom_sftp::{HostKeys, RunningServer, Server, SftpSettings};
use homeroom_store::DistrictStore;
use homeroom_testkit::{TestStore, ssh_client, stores};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(crate) struct TestServer {
    pub(crate) engine: &'static str,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) folder: TempDir,
    inbox: Inbox,
    district: DistrictStore,
    running: RunningServer,
    /// The server's own runtime: the tests block on the store.
    runtime: Runtime,
    test: TestStore,
}

/// A server on each engine.
pub(crate) fn servers() -> Vec<TestServer> {
    stores().into_iter().map(|test| TestServer::start(test, InboxSettings::default(), |_| {})).collect()
}

/// Bytes without repetitions.
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

/// Runs a client, which must succeed, and returns its standard output.
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
        TestServer::start(stores().remove(0), InboxSettings::default(), change)
    }

    /// On SQLite, with other limits of the account.
    pub(crate) fn with_inbox(settings: InboxSettings) -> TestServer {
        TestServer::start(stores().remove(0), settings, |_| {})
    }

    fn start(
        test: TestStore,
        inbox_settings: InboxSettings,
        change: impl FnOnce(&mut SftpSettings),
    ) -> TestServer {
        let district = test.district("lincoln");
        let samples = vec![SampleFile { name: "sample.csv".into(), bytes: b"a,b\n" }];
        let inbox = Inbox::new(test.store.clone(), inbox_settings).with_samples(samples);
        let login = inbox.account_add(&district, None, None).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut settings = SftpSettings {
            listen: "127.0.0.1:0".into(),
            wrong_login_delay_milliseconds: 50,
            ..SftpSettings::default()
        };
        change(&mut settings);
        let keys = HostKeys::load_or_generate(folder.path(), test.store.random()).unwrap();
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(Server::start(settings, inbox.clone(), keys)).unwrap();
        TestServer {
            engine: test.engine,
            user: login.user,
            password: login.password,
            folder,
            inbox,
            district,
            running,
            runtime,
            test,
        }
    }

    pub(crate) fn port(&self) -> String {
        self.running.address().port().to_string()
    }

    pub(crate) fn host(&self) -> String {
        format!("{}@127.0.0.1:{}", self.user, self.port())
    }

    pub(crate) fn target(&self) -> String {
        format!("sftp://{}", self.host())
    }

    /// Creates a file of the client, and returns its path.
    pub(crate) fn local(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    /// The account's files, as the server sees them.
    pub(crate) fn drop_box(&self) -> DropBox {
        let account = self.district.drop_accounts_list().unwrap().remove(0);
        self.inbox.drop_box(self.district.id(), account.id)
    }

    /// The size of a file of the account.
    pub(crate) fn size(&self, name: &str) -> Option<u64> {
        let path = DropPath::parse(name.as_bytes()).unwrap();
        self.drop_box().stat(&path).ok().map(|entry| entry.bytes)
    }

    /// Runs lftp commands, which must succeed.
    pub(crate) fn lftp(&self, commands: &str) {
        let script = format!(
            "set cmd:fail-exit yes; set net:max-retries 1; set sftp:auto-confirm yes; set sftp:connect-program 'ssh -a -x -o \
             UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no'; open -u {},{} sftp://127.0.0.1:{}; {commands}; bye",
            self.user,
            self.password,
            self.port()
        );
        run(Command::new("lftp").args(["-c", &script]));
    }

    /// Runs Debian's curl, which supports SFTP, on a file of the account.
    pub(crate) fn curl(&self, arguments: &[&str], name: &str) {
        let login = format!("{}:{}", self.user, self.password);
        let mut curl = Command::new("/usr/bin/curl");
        curl.args(["-sS", "-k", "-u", &login]).args(arguments);
        run(curl.arg(format!("sftp://127.0.0.1:{}/{name}", self.port())));
    }

    /// Names of the uploads, newest first.
    pub(crate) fn uploads(&self) -> Vec<String> {
        self.district.uploads_list(1_000).unwrap().into_iter().map(|upload| upload.name).collect()
    }

    pub(crate) fn add_key(&self, text: &str) {
        let account = self.district.drop_accounts_list().unwrap().remove(0);
        self.district.drop_account_keys_add(account.id, &parse_public_key(text).unwrap()).unwrap();
    }

    /// Runs a paramiko script, which must succeed, and returns its output.
    pub(crate) fn python(&self, script: &str, arguments: &[&str]) -> String {
        run(&mut self.python_command(script, arguments))
    }

    /// A paramiko script. Its arguments are the port, user and password, then `arguments`.
    pub(crate) fn python_command(&self, script: &str, arguments: &[&str]) -> Command {
        let mut python = Command::new("python3");
        python.args(["-c", script, &self.port(), &self.user, &self.password]).args(arguments);
        python
    }

    /// Stops the server, giving sessions `grace` to end by themselves.
    pub(crate) fn stop(self, grace: Duration) -> (DropBox, TestStore) {
        let drop_box = self.drop_box();
        self.runtime.block_on(self.running.shutdown(grace));
        (drop_box, self.test)
    }

    /// The server's clock, which only moves when a test advances it.
    pub(crate) fn clock(&self) -> &homeroom_model::Clock {
        self.test.store.clock()
    }

    pub(crate) fn disable(&self) {
        let account = self.district.drop_accounts_list().unwrap().remove(0);
        self.district.drop_accounts_disable(account.id).unwrap();
    }

    /// A client that logs in with the account's password.
    pub(crate) fn client(&self, program: &str) -> Command {
        self.client_with(program, &self.password)
    }

    /// A client that enters this password.
    pub(crate) fn client_with(&self, program: &str, password: &str) -> Command {
        ssh_client(program, self.folder.path(), password)
    }

    /// Asserts that nothing on disk is named by a client: blobs have a hash, staging files a UUID.
    pub(crate) fn assert_only_blobs_on_disk(&self) {
        let is_hex = |name: &str, length| name.len() == length && name.bytes().all(|b| b.is_ascii_hexdigit());
        for folder in fs::read_dir(&self.test.settings.blobs).unwrap() {
            let folder = folder.unwrap();
            let name = folder.file_name().into_string().unwrap();
            assert!(name == "staging" || is_hex(&name, 2), "{name}");
            for file in fs::read_dir(folder.path()).unwrap() {
                let file = file.unwrap().file_name().into_string().unwrap();
                let is_ours =
                    if name == "staging" { is_hex(&file.replace('-', ""), 32) } else { is_hex(&file, 64) };
                assert!(is_ours, "{name}/{file}");
            }
        }
    }

    fn command_as(&self, user: &str, password: &str) -> Command {
        let mut command = ssh_client("sftp", self.folder.path(), password);
        // `-b -` alone would disable the password prompt.
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
        // A refused client does not read its batch.
        let _ = child.stdin.take().unwrap().write_all(batch.as_bytes());
        let out = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        (out.status.success(), text)
    }

    pub(crate) fn try_sftp(&self, batch: &str) -> (bool, String) {
        self.try_sftp_as(&self.user, &self.password, batch)
    }

    /// Runs a batch of commands, which must all succeed, and returns the output.
    pub(crate) fn sftp(&self, batch: &str) -> String {
        let (succeeded, out) = self.try_sftp(batch);
        assert!(succeeded, "{}: {out}", self.engine);
        out
    }

    /// Writes a file called `name`, and ends the connection without closing the file.
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
