//! The audit log tells when somebody wrote into it by hand, on both engines.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use homeroom_model::audit::{Actor, ActorKind, AuditAction, Cause};
use homeroom_store::{DistrictStore, StoreError};
use homeroom_testkit::{TestStore, stores};

/// A district with five entries.
fn logged(test: &TestStore) -> DistrictStore {
    let kim = Actor { kind: ActorKind::CommandLine, name: "kim".into(), origin: "desk".into() };
    let district = test.district("lincoln").acting_for(Cause::new(kim, "because"));
    for seats in 1..=5 {
        let details = format!("seats {} -> {seats}", seats - 1);
        test.store
            .write(|tx| district.audit_in_tx(tx, AuditAction::SettingsChanged, "lincoln", &details))
            .unwrap();
    }
    district
}

/// The first fault after a change of the table by hand.
fn fault_after(change: &str) -> Vec<Option<i64>> {
    let fault = |test: TestStore| {
        let district = logged(&test);
        assert_eq!(district.audit_verify().unwrap(), None, "{}", test.engine);
        test.execute(change);
        district.audit_verify().unwrap().map(|fault| fault.number)
    };
    stores().into_iter().map(fault).collect()
}

#[test]
fn a_changed_entry_is_found() {
    let of_the_third = |change: &str| {
        fault_after(&format!("UPDATE audit_entry SET {change} WHERE number = 3 AND district > 0"))
    };
    for change in [
        "details = 'seats 1 -> 99'",
        "reason = ''",
        "action = 'pin_added'",
        "subject = 'oak'",
        "at = at + 1",
        "roster_version = 7",
        "hash = 'abc'",
        // What stands in one column moves to the next one.
        "subject = subject || 'seats', details = substr(details, 6)",
    ] {
        assert_eq!(of_the_third(change), [Some(3), Some(3)], "{change}");
    }
    let other = fault_after(
        "UPDATE audit_entry SET actor = replace(actor, 'kim', 'lee') WHERE number = 4 AND district > 0",
    );
    assert_eq!(other, [Some(4), Some(4)]);
}

#[test]
fn a_removed_entry_is_found_also_the_last_one_and_also_when_the_others_are_numbered_anew() {
    let gone = |number| format!("DELETE FROM audit_entry WHERE number = {number} AND district > 0");
    assert_eq!(fault_after(&gone(2)), [Some(2), Some(2)]);
    assert_eq!(fault_after(&gone(5)), [Some(5), Some(5)]);
    let moved = "UPDATE audit_entry SET number = number - 1 WHERE number > 2 AND district > 0";
    // PostgreSQL checks each row for itself.
    let moved = format!(
        "{}; UPDATE audit_entry SET number = number + 100 WHERE number > 2 AND district > 0; {}",
        gone(2),
        moved.replace("number - 1", "number - 101")
    );
    assert_eq!(fault_after(&moved), [Some(2), Some(2)]);
}

#[test]
fn entries_in_another_order_and_inserted_ones_are_found() {
    let swap = |a, b| format!("UPDATE audit_entry SET number = {b} WHERE number = {a} AND district > 0");
    let swapped = [swap(3, 99), swap(4, 3), swap(99, 4)].join(";");
    assert_eq!(fault_after(&swapped), [Some(3), Some(3)]);
    let columns = "at, actor, reason, action, subject, details, roster_version, hash";
    let inserted = format!(
        "INSERT INTO audit_entry (district, number, {columns})
         SELECT district, 6, {columns} FROM audit_entry WHERE number = 5 AND district > 0"
    );
    assert_eq!(fault_after(&inserted), [Some(6), Some(6)]);
}

#[test]
fn a_transaction_that_fails_leaves_no_entry_and_no_gap() {
    for test in stores() {
        let district = logged(&test);
        let failed = test.store.write(|tx| {
            district.audit_in_tx(tx, AuditAction::SettingsChanged, "lincoln", "")?;
            Err::<(), _>(StoreError::NotFound("it".into()))
        });
        assert!(failed.is_err());
        test.store.write(|tx| district.audit_in_tx(tx, AuditAction::PinAdded, "pin 1", "")).unwrap();
        let entries = district.audit_list().unwrap();
        assert!(entries.iter().map(|entry| entry.number).eq(1..=6), "{}", test.engine);
        assert_eq!(entries[5].cause.in_words(), "by kim at the command line: because");
        assert_eq!(district.audit_verify().unwrap(), None);
    }
}
