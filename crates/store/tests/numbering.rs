//! No two drop accounts, pins or profile versions of a district get the same number, even when they are added at once.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::thread;

use homeroom_testkit::stores;

#[test]
fn accounts_added_at_once_get_different_numbers() {
    for test in stores() {
        let district = test.district("lincoln");
        thread::scope(|scope| {
            for thread in 0..4 {
                let district = district.clone();
                scope.spawn(move || {
                    for number in 0..5 {
                        district.drop_accounts_add(&format!("user-{thread}-{number}"), "hash").unwrap();
                    }
                });
            }
        });
        let numbers =
            district.drop_accounts_list().unwrap().iter().map(|account| account.id.0).collect::<Vec<_>>();
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>(), "{}", test.engine);
    }
}
