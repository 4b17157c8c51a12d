//! Puts the parts together from the settings.

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
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
use crate::schema_problem::schema_problem;
use crate::settings::Settings;

/// The opened parts that commands share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) data: PathBuf,
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) inbox: Inbox,
}

/// What may be missing when the parts are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// Nothing: there is a data folder, and a database of this version's schema.
    Existing,
    /// The data folder and the database may be new.
    MayBeNew,
    /// The same, and the database may have an earlier version's schema, which is migrated.
    MayBeOlder,
}

impl App {
    pub(crate) fn open(data: PathBuf, settings: Settings, opening: Opening) -> anyhow::Result<App> {
        App::open_with(data, settings, opening, (Clock::System, Random::from_system()))
    }

    /// Opens the parts with another clock and another source of randomness than the machine's.
    pub(crate) fn open_with(
        data: PathBuf,
        settings: Settings,
        opening: Opening,
        (clock, random): (Clock, Random),
    ) -> anyhow::Result<App> {
        let store_settings = StoreSettings::new(&data, &settings.database, &settings.blobs);
        if opening == Opening::Existing {
            ensure!(
                data.is_dir() && store_settings.may_have_database(),
                "there is no Homeroom in {}: name its data folder with --data, or make one with `homeroom district add` or \
                 `homeroom serve`",
                data.display()
            );
        } else {
            std::fs::create_dir_all(&data)
                .with_context(|| format!("cannot create the data folder {}", data.display()))?;
        }
        start_logging(&settings.log)?;
        let store = Store::open(&store_settings, clock, random)?;
        let schema = store.schema_versions()?;
        if opening == Opening::MayBeOlder || (opening == Opening::MayBeNew && schema.actual == 0) {
            store.migrate()?;
        } else if let Some(problem) = schema_problem(schema) {
            bail!(problem);
        }
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

    /// The folders that hold data: the data folder, and that of the stored files when it is another one.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        let blobs = self.store.blobs().root().to_owned();
        let mut folders = vec![self.data.clone()];
        if !blobs.starts_with(&self.data) {
            folders.push(blobs);
        }
        folders
    }

    pub(crate) fn sync_context(&self) -> SyncContext {
        SyncContext::new(self.store.clone(), self.inbox.clone(), ReadLimits::default())
    }

    pub(crate) fn worker(&self) -> anyhow::Result<Worker> {
        let settings = self.settings.jobs.for_worker(self.data.join("workers"));
        Ok(Worker::new(self.store.clone(), settings, Task::KINDS)?)
    }
}
