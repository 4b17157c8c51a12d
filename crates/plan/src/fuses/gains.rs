//! What classes gain and lose: the links that begin and end in them.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ClassNumber, EntityNumber, EntityRef};
use homeroom_model::plan::LinkChanges;
use homeroom_model::roster::Link;
use homeroom_model::stored::{StoredLink, active_links_of_class};

use super::context::FuseContext;

/// What a class gains and loses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gain {
    pub(super) gained: u64,
    pub(super) lost: u64,
    pub(super) before: u64,
}

/// "Ann Lee (ann@x.org) joins Art 1 (A1)"; `verb` is `joins` or `leaves`.
pub(super) fn in_words<P: EntityNumber>(context: &FuseContext<'_>, link: &Link<P>, verb: &str) -> String {
    let person: EntityRef = link.person.into();
    let person = match context.describe(person) {
        unknown if unknown.is_empty() => context.describe_new(person),
        known => known,
    };
    format!("{person} {verb} {}", context.describe(link.class.into()))
}

/// What each class gains, which is there already and gains something.
pub(super) fn gains<P: EntityNumber>(
    context: &FuseContext<'_>,
    changes: &LinkChanges<P>,
    stored: &[StoredLink<P>],
) -> HashMap<ClassNumber, Gain> {
    let mut gains = HashMap::<ClassNumber, Gain>::new();
    changes
        .beginning()
        .filter(|link| context.is_stored(link.class))
        .for_each(|link| gains.entry(link.class).or_default().gained += 1);
    if gains.is_empty() {
        return gains;
    }
    for link in &changes.deactivate {
        if let Some(gain) = gains.get_mut(&link.class) {
            gain.lost += 1;
        }
    }
    for (class, gain) in &mut gains {
        gain.before = active_links_of_class(stored, *class).count() as u64;
    }
    gains
}

/// Those of these classes that have somebody.
pub(super) fn classes_in<P: EntityNumber>(
    stored: &[StoredLink<P>],
    among: &HashMap<ClassNumber, Gain>,
) -> HashSet<ClassNumber> {
    let has_somebody = |class: &ClassNumber| active_links_of_class(stored, *class).next().is_some();
    among.keys().copied().filter(has_somebody).collect()
}
