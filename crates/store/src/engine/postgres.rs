//! PostgreSQL: a pool of connections.

use postgres::Client;
use r2d2::{CustomizeConnection, Pool};
use r2d2_postgres::PostgresConnectionManager;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::StoreError;
use crate::tx::{EngineTx, Tx};

type Manager = PostgresConnectionManager<MakeRustlsConnect>;

pub(super) struct PostgresEngine(Pool<Manager>);

/// A node that is stopped in the middle of a transaction keeps its locks for this long only; what it was doing is rolled back.
const IDLE_IN_TRANSACTION: &str = "SET idle_in_transaction_session_timeout = '60s'";

#[derive(Debug)]
struct EndsIdleTransactions;

impl CustomizeConnection<Client, postgres::Error> for EndsIdleTransactions {
    fn on_acquire(&self, connection: &mut Client) -> Result<(), postgres::Error> {
        connection.batch_execute(IDLE_IN_TRANSACTION)
    }
}

/// What a transaction may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// It sees one state of the database and changes nothing.
    Read,
    /// It may change rows.
    Write,
}

impl PostgresEngine {
    pub(super) fn open(url: &str, connections: u32) -> Result<Self, StoreError> {
        let config = url.parse::<postgres::Config>().map_err(|error| {
            StoreError::Unusable(format!(
                "database.url is not understood ({error}): use postgres://USER:PASSWORD@HOST/DATABASE"
            ))
        })?;
        let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let tls = ClientConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .map_err(|error| StoreError::Unusable(format!("TLS cannot be set up: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let manager = PostgresConnectionManager::new(config, MakeRustlsConnect::new(tls));
        let pool = Pool::builder()
            .max_size(connections.max(2))
            .min_idle(Some(0))
            .connection_timeout(std::time::Duration::from_secs(20))
            .test_on_check_out(false)
            .connection_customizer(Box::new(EndsIdleTransactions))
            .build(manager)?;
        Ok(PostgresEngine(pool))
    }

    pub(super) fn transact<T, E: From<StoreError>>(
        &self,
        access: Access,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.0.get().map_err(StoreError::from)?;
        let mut builder = connection.build_transaction();
        if access == Access::Read {
            // One state of the database for the whole closure, as SQLite's readers have it.
            builder = builder.isolation_level(postgres::IsolationLevel::RepeatableRead).read_only(true);
        }
        let transaction = builder.start().map_err(StoreError::from)?;
        let mut tx = Tx(EngineTx::Postgres(transaction));
        let answer = work(&mut tx)?;
        let Tx(EngineTx::Postgres(transaction)) = tx else { unreachable!("the transaction was made above") };
        transaction.commit().map_err(StoreError::from)?;
        Ok(answer)
    }
}
