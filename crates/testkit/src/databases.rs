//! A fresh, migrated store on each engine for each test.

use std::sync::atomic::{AtomicU32, Ordering};

use homeroom_model::audit::Cause;
use homeroom_model::district::{Mode, Slug};
use homeroom_model::{Clock, Random, Zone};
use homeroom_store::district::NewDistrict;
use homeroom_store::{DistrictStore, Store, StoreSettings};
use jiff::Timestamp;
use postgres::{Client, NoTls};
use tempfile::TempDir;

use crate::raw_connection::RawConnection;

/// Noon on 2 September 2026, UTC: when test clocks start.
pub const START: Timestamp = Timestamp::constant(1_788_350_400, 0);

/// A store for one test; its database and blobs are deleted when it is dropped.
pub struct TestStore {
    /// `sqlite` or `postgres`, for messages.
    pub engine: &'static str,
    /// The store, with a fixed clock and a seeded source of randomness.
    pub store: Store,
    /// The store's clock, to advance it.
    pub clock: Clock,
    /// How it was opened, to open it again.
    pub settings: StoreSettings,
    /// Its folder, also for other files of the test.
    pub folder: TempDir,
    /// Dropped last, after the store's connections.
    _database: Option<PostgresDatabase>,
}

impl TestStore {
    /// Adds a district with many seats that syncs `roster.csv` on upload.
    pub fn district(&self, slug: &str) -> DistrictStore {
        let new = NewDistrict {
            slug: Slug::parse(slug).expect("a test's slug is valid"),
            name: "Lincoln".into(),
            time_zone: Zone::utc(),
            seats: 1_000,
            apps: vec![],
            mode: Mode::OnUpload,
            at: "02:00".parse().expect("02:00 is a time"),
            file: "roster.csv".into(),
        };
        self.store
            .district(self.store.districts_add(&new, &Cause::SYSTEM).expect("a district can be added").id)
    }
}

/// SQL that only a test runs; the store's own SQL never leaves its crate.
impl TestStore {
    /// Runs statements.
    ///
    /// # Panics
    /// When the database refuses them.
    pub fn execute(&self, sql: &str) {
        self.connect().execute(sql);
    }

    /// The rows of a query with one column of text.
    ///
    /// # Panics
    /// When the database refuses the query.
    pub fn texts(&self, query: &str) -> Vec<String> {
        self.connect().texts(query)
    }

    /// The statements, among those given, that the engine does not understand, each with the reason. None is run.
    pub fn not_understood<'s>(
        &self,
        statements: impl IntoIterator<Item = &'s str>,
    ) -> Vec<(&'s str, String)> {
        let mut connection = self.connect();
        let check = |statement| Some((statement, connection.check(statement).err()?));
        statements.into_iter().filter_map(check).collect()
    }

    fn connect(&self) -> RawConnection {
        RawConnection::open(&self.settings.database_url)
    }
}

/// A store on SQLite and one on PostgreSQL. Each test that touches the store runs on both.
///
/// # Panics
/// When no PostgreSQL address is given: a skipped engine would look like a passing test.
pub fn stores() -> Vec<TestStore> {
    vec![sqlite(), postgres()]
}

fn sqlite() -> TestStore {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let url = format!("sqlite://{}", folder.path().join("homeroom.db").display());
    open("sqlite", url, folder, None)
}

fn postgres() -> TestStore {
    let database = PostgresDatabase::create();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    open("postgres", database.url.clone(), folder, Some(database))
}

fn open(engine: &'static str, url: String, folder: TempDir, database: Option<PostgresDatabase>) -> TestStore {
    let settings = StoreSettings { database_url: url, blobs: folder.path().join("blobs"), connections: 8 };
    let clock = Clock::fixed(START);
    let store =
        Store::open(&settings, clock.clone(), Random::seeded(7)).expect("a fresh store can be opened");
    store.migrate().expect("a fresh store can be migrated");
    TestStore { engine, store, clock, settings, folder, _database: database }
}

/// The address of the cluster for tests, without a database.
#[expect(clippy::disallowed_methods, reason = "the test command tells where its cluster is")]
pub fn postgres_url() -> String {
    std::env::var("HOMEROOM_TEST_POSTGRES").expect(
        "HOMEROOM_TEST_POSTGRES is not set: run the tests with dev/test, or start a cluster with `dev/postgres start`",
    )
}

/// A database of the test cluster that is dropped with this value.
pub(crate) struct PostgresDatabase {
    name: String,
    pub(crate) url: String,
}

impl PostgresDatabase {
    pub(crate) fn create() -> PostgresDatabase {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = postgres_url();
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut client = connect(&server);
        client
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name}"))
            .expect("an old database can be dropped");
        client.batch_execute(&format!("CREATE DATABASE {name}")).expect("a database can be created");
        PostgresDatabase { url: format!("{server}/{name}"), name }
    }
}

impl Drop for PostgresDatabase {
    #[expect(clippy::print_stderr, reason = "a database left behind can be removed by hand")]
    fn drop(&mut self) {
        let dropped =
            connect(&postgres_url()).batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        if let Err(error) = dropped {
            eprintln!("the test database {} stays behind: {error}", self.name);
        }
    }
}

fn connect(server: &str) -> Client {
    Client::connect(&format!("{server}/postgres"), NoTls).expect("the test cluster answers")
}
