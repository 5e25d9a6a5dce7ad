//! A look into the database's file from outside, while no server has it open.

use std::path::Path;

use diesel::prelude::*;

/// Makes a discussion older by so many days.
pub fn age(database: &Path, discussion: &str, days: i64) {
    let mut conn = SqliteConnection::establish(&database.display().to_string()).unwrap();
    diesel::sql_query(format!("UPDATE discussions SET updated_at = updated_at - {} WHERE id = ?", days * 86_400_000))
        .bind::<diesel::sql_types::Text, _>(discussion)
        .execute(&mut conn)
        .unwrap();
}
