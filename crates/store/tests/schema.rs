//! Both engines have the same tables and columns, and every table of a district begins its key with the district.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

use std::collections::BTreeMap;

use homeroom_store::{StoreError, TABLES_OF_A_DISTRICT};
use homeroom_testkit::{TestStore, stores};

type Schema = BTreeMap<String, Vec<(String, String)>>;

fn schema(test: &TestStore) -> Schema {
    let query = match test.engine {
        "sqlite" => {
            "SELECT m.name, c.name, upper(c.type) FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid"
        }
        _ => {
            "SELECT table_name::text, column_name::text, upper(data_type::text) FROM information_schema.columns
             WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
        }
    };
    let columns = test.store.read(|tx| {
        tx.rows(query, &[], |row| Ok::<_, StoreError>((row.text(0)?, row.text(1)?, row.text(2)?)))
    });
    let mut schema = Schema::new();
    for (table, column, kind) in columns.unwrap() {
        // The district's own id is SQLite's rowid, which is called INTEGER whatever its width.
        let kind = if table == "district" && column == "id" { "BIGINT".into() } else { kind };
        schema.entry(table).or_default().push((column, kind));
    }
    schema
}

#[test]
fn both_engines_have_the_same_tables_columns_and_types() {
    let schemas = stores().iter().map(schema).collect::<Vec<_>>();
    assert!(schemas[0].len() > 10, "{:?}", schemas[0].keys());
    assert_eq!(schemas[0], schemas[1]);
}

#[test]
fn every_table_of_a_district_begins_with_it_and_is_in_the_list() {
    for test in stores() {
        let mut tables = schema(&test);
        for apart in ["district", "schema_migration"] {
            assert!(tables.remove(apart).is_some());
        }
        for (table, columns) in &tables {
            assert_eq!(columns[0].0, "district", "{table} on {}", test.engine);
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
        let (has, wants) = test.store.schema_versions().unwrap();
        assert_eq!(has, wants);
    }
}
