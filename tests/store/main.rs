//! The store's contract, on a real SQLite file always and on Postgres where `TEST_POSTGRES_URL` names a server
//! (`scripts/with-postgres` starts one for as long as the tests run).

#[macro_use]
mod place;

mod commits;
mod discussions;
