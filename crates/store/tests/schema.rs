//! Both engines have the same tables and columns, and the primary key of every table of a district begins with the district.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

use std::collections::BTreeMap;

use homeroom_store::TABLES_OF_A_DISTRICT;
use homeroom_store::schema::TableColumn;
use homeroom_testkit::{TestStore, stores};

type Schema = BTreeMap<String, Vec<TableColumn>>;

fn schema(test: &TestStore) -> Schema {
    let mut tables = test.store.tables().unwrap();
    // The district's own id is SQLite's rowid, which is called INTEGER whatever its width.
    let district = tables.get_mut("district").unwrap();
    district.iter_mut().filter(|column| column.name == "id").for_each(|id| id.sql_type = "BIGINT".into());
    tables
}

#[test]
fn both_engines_have_the_same_tables_columns_types_and_keys() {
    let schemas = stores().iter().map(schema).collect::<Vec<_>>();
    assert!(schemas[0].len() > 10, "{:?}", schemas[0].keys());
    assert_eq!(schemas[0], schemas[1]);
}

#[test]
fn the_primary_key_of_every_table_of_a_district_begins_with_it_and_every_table_is_in_the_list() {
    for test in stores() {
        let mut tables = schema(&test);
        for apart in ["district", "schema_migration"] {
            assert!(tables.remove(apart).is_some());
        }
        for (table, columns) in &tables {
            let first =
                columns.iter().find(|column| column.key == Some(1)).map(|column| column.name.as_str());
            assert_eq!(first, Some("district"), "{table} on {}", test.engine);
        }
        let mut listed = TABLES_OF_A_DISTRICT.to_vec();
        listed.sort_unstable();
        assert_eq!(tables.keys().map(String::as_str).collect::<Vec<_>>(), listed);
    }
}

#[test]
fn migrating_twice_changes_nothing() {
    for test in stores() {
        assert_eq!(test.store.migrate().unwrap(), Vec::<&str>::new());
        let versions = test.store.schema_versions().unwrap();
        assert_eq!(versions.actual, versions.needed);
    }
}
