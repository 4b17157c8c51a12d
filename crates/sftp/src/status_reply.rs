//! Translates refusals into the protocol's status codes.

use homeroom_inbox::DropError;

use crate::packet::{Malformed, Status};

/// Why a request is answered with a status instead of a result.
pub(crate) enum StatusReply {
    Malformed,
    Status(Status, String),
}

impl From<Malformed> for StatusReply {
    fn from(_: Malformed) -> Self {
        StatusReply::Malformed
    }
}

impl From<DropError> for StatusReply {
    fn from(error: DropError) -> Self {
        let status = match &error {
            DropError::NotFound => Status::NoSuchFile,
            DropError::ReadOnly => Status::PermissionDenied,
            DropError::Store(_) | DropError::Io(_) => {
                tracing::error!(error = %cause(&error), "a request failed");
                Status::Failure
            }
            _ => Status::Failure,
        };
        StatusReply::Status(status, error.to_string())
    }
}

/// The inner error, for the log and not for the client.
fn cause(error: &DropError) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

pub(crate) fn unsupported() -> StatusReply {
    StatusReply::Status(Status::Unsupported, "not supported".into())
}

pub(crate) fn no_handle() -> StatusReply {
    StatusReply::Status(Status::Failure, "no such handle".into())
}
