//! Accounts and their logins, on both engines.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use homeroom_inbox::{Inbox, InboxSettings, LoginRefused, parse_public_key};
use homeroom_testkit::stores;

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl laptop";

#[test]
fn an_account_is_named_after_its_district_and_names_are_unique() {
    for test in stores() {
        let inbox = Inbox::new(test.store.clone(), InboxSettings::default());
        let (lincoln, adams) = (test.district("lincoln"), test.district("adams"));
        let user = |district, user| inbox.account_add(district, user, None).map(|login| login.user);
        assert_eq!(user(&lincoln, None).unwrap(), "lincoln");
        assert_eq!(user(&lincoln, None).unwrap(), "lincoln-2");
        assert!(
            user(&adams, Some("lincoln")).unwrap_err().is_conflict("drop_account_user_name"),
            "{}",
            test.engine
        );
        assert_eq!(user(&adams, Some("lincoln-3")).unwrap(), "lincoln-3");
        assert_eq!(user(&lincoln, None).unwrap(), "lincoln-4", "another district has lincoln-3");
    }
}

#[test]
fn a_login_is_refused_with_its_reason() {
    for test in stores() {
        let inbox = Inbox::new(test.store.clone(), InboxSettings::default());
        let lincoln = test.district("lincoln");
        let key = parse_public_key(KEY).unwrap();
        let login = inbox.account_add(&lincoln, None, Some(&key)).unwrap();
        let account = lincoln.drop_accounts_list().unwrap().remove(0);
        let by_password = |user: &str, password: &str| inbox.login_with_password(user, password).unwrap();
        let by_key = |user: &str, key: &str| inbox.login_with_key(user, key).unwrap();
        let accepted = by_password("lincoln", &login.password).unwrap();
        assert_eq!((accepted.district, accepted.account), (lincoln.id(), account.id));
        assert_eq!(by_key("lincoln", &key.fingerprint), Ok(accepted));
        assert_eq!(by_password("lincoln", "guess"), Err(LoginRefused::WrongPassword));
        assert_eq!(by_password("LINCOLN", &login.password), Err(LoginRefused::UnknownUser));
        assert_eq!(by_password("", ""), Err(LoginRefused::UnknownUser));
        assert_eq!(by_key("nobody", &key.fingerprint), Err(LoginRefused::UnknownUser));
        assert_eq!(by_key("lincoln", "SHA256:another"), Err(LoginRefused::UnknownKey));
        let rotated = inbox.account_rotate(&lincoln, &account).unwrap();
        assert_eq!(by_password("lincoln", &login.password), Err(LoginRefused::WrongPassword));
        assert!(by_password("lincoln", &rotated.password).is_ok());
        lincoln.drop_accounts_disable(account.id).unwrap();
        assert_eq!(by_password("lincoln", &rotated.password), Err(LoginRefused::Disabled));
        assert_eq!(by_key("lincoln", &key.fingerprint), Err(LoginRefused::Disabled));
        lincoln.drop_accounts_enable(account.id).unwrap();
        assert!(lincoln.drop_account_keys_remove(account.id, &key.fingerprint).unwrap());
        assert_eq!(by_key("lincoln", &key.fingerprint), Err(LoginRefused::UnknownKey));
    }
}
