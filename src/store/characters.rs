//! Users' own characters. The built-in ones are in the binary.

use diesel::prelude::*;

use super::Store;
use super::column::{from_json, now, to_json};
use super::connection::Conn;
use super::discussions::Created;
use super::error::StoreError;
use super::idempotency::{self, IdempotencyKey};
use super::schema::characters;
use crate::domain::character::Character;
use crate::domain::ids::{CharacterId, UserId};

impl Store {
    /// Keeps a new character under the id it has. With an idempotency key that was used before (24 h) it is the one kept
    /// then.
    pub async fn insert_character(
        &self,
        owner: UserId,
        character: Character,
        key: Option<IdempotencyKey>,
    ) -> Result<Created<Character>, StoreError> {
        self.write(move |conn| {
            if let Some(key) = &key
                && let Some(made) = idempotency::find_made(conn, owner, key)?
                && let Some(made) = find(conn, owner, &made)?
            {
                return Ok(Created { made, repeated: true });
            }
            let at = now().0;
            diesel::insert_into(characters::table)
                .values((
                    characters::id.eq(character.id.as_str()),
                    characters::owner_id.eq(owner.to_string()),
                    characters::card.eq(to_json(&character)),
                    characters::created_at.eq(at),
                    characters::updated_at.eq(at),
                ))
                .execute(conn)?;
            if let Some(key) = &key {
                idempotency::insert_made(conn, owner, key, character.id.as_str())?;
            }
            Ok(Created { made: character, repeated: false })
        })
        .await
    }

    /// One of this owner's characters; somebody else's looks like an unknown one.
    pub async fn find_character(&self, owner: UserId, character: &CharacterId) -> Result<Option<Character>, StoreError> {
        let character = character.to_string();
        self.read(move |conn| find(conn, owner, &character)).await
    }

    /// This owner's characters, oldest first.
    pub async fn list_characters(&self, owner: UserId) -> Result<Vec<Character>, StoreError> {
        self.read(move |conn| {
            let cards: Vec<String> = characters::table
                .filter(characters::owner_id.eq(owner.to_string()))
                .order((characters::created_at.asc(), characters::id.asc()))
                .select(characters::card)
                .load(conn)?;
            cards.iter().map(|card| from_json(card)).collect()
        })
        .await
    }

    pub async fn count_characters(&self, owner: UserId) -> Result<i64, StoreError> {
        self.read(move |conn| {
            Ok(characters::table.filter(characters::owner_id.eq(owner.to_string())).count().get_result(conn)?)
        })
        .await
    }

    /// Replaces the card of one of this owner's characters. Discussions keep it as it was when they began.
    pub async fn update_character(&self, owner: UserId, character: Character) -> Result<(), StoreError> {
        self.write(move |conn| {
            let own = characters::table.find(character.id.as_str()).filter(characters::owner_id.eq(owner.to_string()));
            let set = (characters::card.eq(to_json(&character)), characters::updated_at.eq(now().0));
            match diesel::update(own).set(set).execute(conn)? {
                0 => Err(StoreError::NotFound),
                _ => Ok(()),
            }
        })
        .await
    }

    /// Whether this owner had such a character.
    pub async fn delete_character(&self, owner: UserId, character: &CharacterId) -> Result<bool, StoreError> {
        let character = character.to_string();
        self.write(move |conn| {
            let own = characters::table.find(character).filter(characters::owner_id.eq(owner.to_string()));
            Ok(diesel::delete(own).execute(conn)? > 0)
        })
        .await
    }
}

fn find(conn: &mut Conn, owner: UserId, character: &str) -> Result<Option<Character>, StoreError> {
    let own = characters::table.find(character).filter(characters::owner_id.eq(owner.to_string()));
    let card: Option<String> = own.select(characters::card).first(conn).optional()?;
    card.map(|card| from_json(&card)).transpose()
}
