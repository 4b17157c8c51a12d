//! The words of Homeroom as types. Every other crate speaks in them; this one does no I/O.

pub mod chance;
pub mod changes;
pub mod check_report;
pub mod clock;
pub mod district;
pub mod email;
pub mod finding;
pub mod finding_code;
pub mod grade;
pub mod ids;
pub mod name;
pub mod plan;
pub mod policy;
pub mod protected;
pub mod roster;
pub mod run;
pub mod source;
pub mod stored;
pub mod texts;

pub use chance::Chance;
pub use check_report::{CheckReport, Outcome};
pub use clock::Clock;
pub use district::{Apps, District, Mode, Slug, Stage};
pub use email::Email;
pub use finding::{Finding, Findings};
pub use finding_code::{FindingCode, Severity};
pub use grade::Grade;
pub use ids::{AccountId, DistrictId, Kind, RunId, RunNumber, UploadId};
pub use plan::{Counts, Plan};
pub use policy::Policy;
pub use protected::Protected;
pub use roster::Roster;
pub use run::{Run, RunKind, RunState};
pub use source::Source;
pub use stored::StoredRoster;
pub use texts::{Text, Texts};
