//! Puts the parts together from the settings.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Context, bail};
use clap::Args;
use homeroom_inbox::Inbox;
use homeroom_jobs::Worker;
use homeroom_model::district::{District, Slug};
use homeroom_model::{Clock, Random};
use homeroom_read::ReadLimits;
use homeroom_store::{DistrictStore, Store, StoreSettings};
use homeroom_sync::SyncContext;

use crate::config::Settings;

/// Where this homeroom lives.
#[derive(Args, Clone)]
pub(crate) struct Place {
    /// The folder of the database, kept files and host keys
    #[arg(long, global = true, env = "HOMEROOM_DATA", default_value = "./homeroom-data", value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// A settings file (TOML); every key also as HOMEROOM__SECTION__KEY in the environment
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

impl Place {
    /// The settings that hold here.
    pub(crate) fn settings(&self) -> anyhow::Result<Settings> {
        Settings::load(self.config.as_deref(), std::env::vars())
    }

    /// Opens the store, bringing its schema to this version.
    pub(crate) fn open(&self) -> anyhow::Result<App> {
        App::open(self.data.clone(), self.settings()?)
    }
}

/// The opened parts that commands share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) data: PathBuf,
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) inbox: Inbox,
}

impl App {
    pub(crate) fn open(data: PathBuf, settings: Settings) -> anyhow::Result<App> {
        App::open_with(data, settings, Clock::System, Random::from_system())
    }

    /// Opens the parts with another clock and another source of randomness than the machine's.
    pub(crate) fn open_with(
        data: PathBuf,
        settings: Settings,
        clock: Clock,
        random: Random,
    ) -> anyhow::Result<App> {
        std::fs::create_dir_all(&data)
            .with_context(|| format!("the data folder {} cannot be made", data.display()))?;
        start_logging(&settings)?;
        let store =
            Store::open(&StoreSettings::new(&data, &settings.database, &settings.blobs), clock, random)?;
        store.migrate()?;
        let inbox = Inbox::new(store.clone(), settings.inbox.clone());
        Ok(App { data, settings, store, inbox })
    }

    /// The district with this slug.
    pub(crate) fn district(&self, slug: &Slug) -> anyhow::Result<(District, DistrictStore)> {
        let Some(district) = self.store.districts_find(slug)? else {
            let known = self.store.districts_list()?;
            let known = known.iter().map(|district| district.slug.as_str()).collect::<Vec<_>>();
            if known.is_empty() {
                bail!("there is no district {slug}, nor any other yet: see `homeroom district add --help`");
            }
            bail!("there is no district {slug}; there are: {}", known.join(", "));
        };
        let store = self.store.district(district.id);
        Ok((district, store))
    }

    pub(crate) fn sync_context(&self) -> SyncContext {
        SyncContext::new(self.store.clone(), self.inbox.clone(), ReadLimits::default())
    }

    pub(crate) fn worker(&self) -> anyhow::Result<Worker> {
        let settings = self.settings.jobs.for_worker(self.data.join("workers"));
        Ok(Worker::new(self.store.clone(), settings)?)
    }
}

fn start_logging(settings: &Settings) -> anyhow::Result<()> {
    use tracing_subscriber::{EnvFilter, fmt};
    static STARTED: OnceLock<()> = OnceLock::new();
    let filter = EnvFilter::try_new(&settings.log.filter)
        .with_context(|| format!("log.filter '{}' is no filter, such as: info", settings.log.filter))?;
    STARTED.get_or_init(|| {
        let log = fmt()
            .with_env_filter(filter)
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr);
        if settings.log.format == "json" {
            log.json().init();
        } else {
            log.with_target(false).init();
        }
    });
    Ok(())
}
