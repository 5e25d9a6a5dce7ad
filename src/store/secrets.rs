//! Secrets that ChatLab makes for itself, such as the one that signs its tokens.

use diesel::prelude::*;
use secrecy::{ExposeSecret, SecretString};

use super::Store;
use super::column::now;
use super::error::StoreError;
use super::schema::secrets;

impl Store {
    /// The secret of this name, if there is one.
    pub async fn find_secret(&self, name: &'static str) -> Result<Option<SecretString>, StoreError> {
        self.read(move |conn| {
            let value: Option<String> = secrets::table.find(name).select(secrets::value).first(conn).optional()?;
            Ok(value.map(SecretString::from))
        })
        .await
    }

    /// Keeps `value` unless there is a secret of this name, and gives back the one that counts.
    pub async fn find_or_insert_secret(&self, name: &'static str, value: SecretString) -> Result<SecretString, StoreError> {
        self.write(move |conn| {
            let there: Option<String> = secrets::table.find(name).select(secrets::value).first(conn).optional()?;
            if let Some(there) = there {
                return Ok(there.into());
            }
            let row = (secrets::name.eq(name), secrets::value.eq(value.expose_secret()), secrets::created_at.eq(now().0));
            diesel::insert_into(secrets::table).values(row).execute(conn)?;
            Ok(value)
        })
        .await
    }

    /// Forgets a secret: what it signed counts no more.
    pub async fn delete_secret(&self, name: &'static str) -> Result<(), StoreError> {
        self.write(move |conn| Ok(diesel::delete(secrets::table.find(name)).execute(conn).map(|_| ())?)).await
    }
}
