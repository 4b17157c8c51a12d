//! The demo plays the whole story and prints what it promises.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

use std::process::Command;

use serde_json::Value;

#[test]
fn the_demo_plays_the_story_and_prints_addresses_credentials_and_both_results() {
    let out = Command::new(env!("CARGO_BIN_EXE_homeroom"))
        .args(["demo", "--once", "--json"])
        .env("HOMEROOM__SFTP__LISTEN", "127.0.0.1:0")
        .env("HOMEROOM__WEB__LISTEN", "127.0.0.1:0")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{errors}");
    let document =
        serde_json::from_slice::<Value>(&out.stdout).expect("standard output is one JSON document");
    for key in ["user", "password", "host", "port", "host_key_fingerprint"] {
        assert!(!document["sftp"][key].is_null(), "{key}");
    }
    assert!(document["web"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let (first, second) = (&document["first"], &document["second"]);
    assert_eq!((first["kind"].as_str(), first["state"].as_str()), (Some("test"), Some("tested")));
    assert_eq!(first["check"]["rows"], 616);
    assert_eq!(first["plan"]["create"]["students"], 182);
    assert_eq!((second["kind"].as_str(), second["state"].as_str()), (Some("live"), Some("applied")));
    for (change, count) in [("create", 1), ("update", 1), ("deactivate", 1)] {
        assert_eq!(second["plan"][change]["students"], count, "{change}");
    }
    assert_eq!(document["third"]["state"], "unchanged");
    assert_eq!(document["undone"]["state"], "undone");
    assert_eq!(document["exported_rows"], 616);
    assert_eq!(
        document["results"],
        serde_json::json!([
            "roster.csv.corrected.csv",
            "roster.csv.findings.csv",
            "roster.csv.plan.csv",
            "roster.csv.result.json",
            "roster.csv.result.txt"
        ])
    );
    assert!(!std::path::Path::new(document["data"].as_str().unwrap()).exists(), "its folder is removed");
}
