//! Prints what a district needs to log in.

use homeroom_inbox::NewLogin;
use homeroom_sftp::{HostKeys, SftpLogin};

use crate::app::App;
use crate::output::Output;
use crate::server::sftp_address;

pub(super) fn print_login(app: &App, output: &Output, new: NewLogin) -> anyhow::Result<()> {
    let (host, port) = sftp_address(app)?;
    let host_key_fingerprint = HostKeys::load_or_generate(&app.data, app.store.random())?.fingerprint();
    let login = SftpLogin { user: new.user, password: new.password, host, port, host_key_fingerprint };
    output.result(&login, || {
        format!(
            "user      {}\npassword  {}   (shown only once)\nhost      {}\nport      {}\nhost key  {}\n\n{}",
            login.user,
            login.password,
            login.host,
            login.port,
            login.host_key_fingerprint,
            login.command()
        )
    })?;
    Ok(())
}
