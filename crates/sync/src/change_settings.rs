//! Changes a district's settings, and the runs that follow from them.

use homeroom_model::audit::AuditAction;
use homeroom_model::district::District;
use homeroom_store::{DistrictStore, StoreError};

use crate::schedule::{Rescheduled, reschedule_in_tx};

/// A change of settings, and what follows from it.
#[derive(Clone, Debug)]
pub struct SettingsChange {
    /// The settings now.
    pub settings: District,
    /// The runs that the district makes by itself.
    pub runs: Rescheduled,
}

/// Changes the settings as they are now, so that two people who change different ones at once both get what they asked for. A queued
/// run moves to its new time in the same transaction. What `change` refuses changes nothing.
///
/// # Errors
/// Those of `change`, and of the database.
pub fn change_settings<E: From<StoreError>>(
    district: &DistrictStore,
    action: AuditAction,
    change: impl FnOnce(&mut District) -> Result<(), E>,
) -> Result<SettingsChange, E> {
    district.store().write(|tx| {
        let before = district.settings_locked_in_tx(tx)?;
        let mut settings = before.clone();
        change(&mut settings)?;
        let details = differences(&before, &settings);
        if !details.is_empty() {
            district.settings_set_in_tx(tx, &settings, action, &details)?;
        }
        let runs = reschedule_in_tx(district, tx, "The settings were changed before this run began.")?;
        Ok(SettingsChange { settings, runs })
    })
}

/// The settings that differ, with both values: `seats 900 -> 950; at 02:00 -> 03:00`.
fn differences(before: &District, after: &District) -> String {
    let values = |settings: &District| match serde_json::to_value(settings) {
        Ok(serde_json::Value::Object(mut values)) => {
            // The limits one by one.
            if let Some(serde_json::Value::Object(policy)) = values.remove("policy") {
                values.extend(policy);
            }
            values
        }
        _ => serde_json::Map::new(),
    };
    let (before, after) = (values(before), values(after));
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let value =
        |settings: &serde_json::Map<String, serde_json::Value>, name: &String| match settings.get(name) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => "none".into(),
        };
    let changed = names.filter(|name| before.get(*name) != after.get(*name));
    let changed = changed.map(|name| format!("{name} {} -> {}", value(&before, name), value(&after, name)));
    changed.collect::<Vec<_>>().join("; ")
}
