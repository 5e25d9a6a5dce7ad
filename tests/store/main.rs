//! The store's contract, on a real SQLite file always and on Postgres where `TEST_POSTGRES_URL` names a server
//! (`scripts/with-postgres` starts one for as long as the tests run).

#[macro_use]
mod place;

mod classroom;
mod commits;
mod crash;
mod discussions;
mod fixture;
mod health;
mod instance;
mod migrations;
mod numbers;
mod people;
mod things;
