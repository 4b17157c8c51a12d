//! A fuse and its new limit as a person writes them: `school=25/10`.

use std::str::FromStr;

use crate::fuse::Fuse;
use crate::policy::{InvalidLimit, Policy};
use crate::word::UnknownWord;

/// `school=25/10`, `reach=off`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuseSetting {
    fuse: Fuse,
    limit: String,
}

/// Why a text sets no fuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFuseSetting {
    /// Without `=`.
    #[error("write NAME=LIMIT, such as school=25/10")]
    NoLimit,
    /// Not the name of a fuse.
    #[error(transparent)]
    UnknownFuse(#[from] UnknownWord),
    /// The fuse has no such limit.
    #[error(transparent)]
    Limit(#[from] InvalidLimit),
}

impl FuseSetting {
    /// Sets the fuse.
    ///
    /// # Errors
    /// None for a limit that was valid when it was read.
    pub fn change(&self, policy: &mut Policy) -> Result<(), InvalidLimit> {
        policy.set_fuse(self.fuse, &self.limit)
    }
}

impl FromStr for FuseSetting {
    type Err = InvalidFuseSetting;

    fn from_str(text: &str) -> Result<FuseSetting, InvalidFuseSetting> {
        let (name, limit) = text.split_once('=').ok_or(InvalidFuseSetting::NoLimit)?;
        let setting = FuseSetting { fuse: name.parse()?, limit: limit.to_owned() };
        setting.change(&mut Policy::default())?;
        Ok(setting)
    }
}

#[cfg(test)]
mod tests {
    use super::{FuseSetting, InvalidFuseSetting};
    use crate::fuse::Fuse;
    use crate::policy::{InvalidLimit, Limit, Policy};

    #[test]
    fn a_fuse_is_set_from_its_name_and_limit() {
        let mut policy = Policy::default();
        "school=30/12".parse::<FuseSetting>().unwrap().change(&mut policy).unwrap();
        assert_eq!(policy.limit(Fuse::School), Limit { percent: 30, floor: 12 });
        let error = |text: &str| text.parse::<FuseSetting>().unwrap_err();
        assert_eq!(error("school"), InvalidFuseSetting::NoLimit);
        assert!(matches!(error("schol=3"), InvalidFuseSetting::UnknownFuse(_)));
        assert_eq!(error("seats=3"), InvalidFuseSetting::Limit(InvalidLimit::SeatsFollowLicence));
        assert_eq!(error("school=many"), InvalidFuseSetting::Limit(InvalidLimit::NotALimit));
    }
}
