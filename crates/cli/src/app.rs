//! Puts the parts together from the settings.

use std::path::PathBuf;

use anyhow::{Context, bail};
use homeroom_inbox::Inbox;
use homeroom_jobs::Worker;
use homeroom_model::audit::Cause;
use homeroom_model::district::{District, Slug};
use homeroom_model::{Clock, DistrictId, Random};
use homeroom_read::ReadLimits;
use homeroom_store::{DistrictStore, Store, StoreSettings};
use homeroom_sync::{SyncContext, Task};

use crate::actor::actor;
use crate::logging::start_logging;
use crate::settings::Settings;

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
            .with_context(|| format!("cannot create the data folder {}", data.display()))?;
        start_logging(&settings.log)?;
        let store_settings = StoreSettings::new(&data, &settings.database, &settings.blobs);
        let store = Store::open(&store_settings, clock, random)?;
        store.migrate()?;
        let inbox = Inbox::new(store.clone(), settings.inbox.clone());
        Ok(App { data, settings, store, inbox })
    }

    /// The district with this slug.
    pub(crate) fn district(&self, slug: &Slug) -> anyhow::Result<(District, DistrictStore)> {
        let Some(district) = self.store.districts_find(slug)? else {
            let districts = self.store.districts_list()?;
            let known = districts.iter().map(|district| district.slug.as_str()).collect::<Vec<_>>();
            if known.is_empty() {
                bail!("there is no district {slug}, and no other yet: see `homeroom district add --help`");
            }
            bail!("there is no district {slug}; there are: {}", known.join(", "));
        };
        let store = self.acting_on(district.id);
        Ok((district, store))
    }

    /// A district's store, for changes by the user of this command.
    pub(crate) fn acting_on(&self, district: DistrictId) -> DistrictStore {
        self.store.district(district).acting_for(Cause::new(actor(), ""))
    }

    pub(crate) fn sync_context(&self) -> SyncContext {
        SyncContext::new(self.store.clone(), self.inbox.clone(), ReadLimits::default())
    }

    pub(crate) fn worker(&self) -> anyhow::Result<Worker> {
        let settings = self.settings.jobs.for_worker(self.data.join("workers"));
        Ok(Worker::new(self.store.clone(), settings, Task::KINDS)?)
    }
}
