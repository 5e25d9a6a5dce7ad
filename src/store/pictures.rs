//! Pictures of users' own characters, one each.

use diesel::prelude::*;
use uuid::Uuid;

use super::Store;
use super::characters;
use super::column::{id, now, to_json};
use super::connection::Conn;
use super::error::StoreError;
use super::schema::{characters as cards, pictures};
use crate::domain::character::{Character, Picture};
use crate::domain::ids::{CharacterId, PictureId, UserId};

impl Store {
    /// Gives one of this owner's characters this picture (JPEG) in place of the one it had. It keeps its address, so that
    /// discussions which have begun show the new one. [`StoreError::NotFound`]: no such character of theirs.
    pub async fn set_picture(&self, owner: UserId, character: &CharacterId, jpeg: Vec<u8>) -> Result<Character, StoreError> {
        let character = character.to_string();
        self.write(move |conn| {
            let mut character = characters::find(conn, owner, &character)?.ok_or(StoreError::NotFound)?;
            set(conn, &mut character, &jpeg)?;
            Ok(character)
        })
        .await
    }

    /// Takes the picture away; it is nowhere any more. [`StoreError::NotFound`]: no such character of theirs.
    pub async fn delete_picture(&self, owner: UserId, character: &CharacterId) -> Result<Character, StoreError> {
        let character = character.to_string();
        self.write(move |conn| {
            let mut character = characters::find(conn, owner, &character)?.ok_or(StoreError::NotFound)?;
            diesel::delete(pictures::table.filter(pictures::character_id.eq(character.id.as_str()))).execute(conn)?;
            character.picture = None;
            write_card(conn, &character)?;
            Ok(character)
        })
        .await
    }

    /// The picture (JPEG) with its version, for whoever knows its id.
    pub async fn find_picture(&self, picture: PictureId) -> Result<Option<(Vec<u8>, i32)>, StoreError> {
        self.read(move |conn| {
            let row = pictures::table.find(picture.to_string()).select((pictures::jpeg, pictures::version));
            Ok(row.first(conn).optional()?)
        })
        .await
    }
}

/// The picture of a character, if it has one.
pub fn find_of(conn: &mut Conn, character: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let row = pictures::table.filter(pictures::character_id.eq(character)).select(pictures::jpeg);
    Ok(row.first(conn).optional()?)
}

/// Puts the picture in its place, and its address on the character's card.
pub fn set(conn: &mut Conn, character: &mut Character, jpeg: &[u8]) -> Result<(), StoreError> {
    let own = pictures::table.filter(pictures::character_id.eq(character.id.as_str()));
    let before: Option<(String, i32)> = own.select((pictures::id, pictures::version)).first(conn).optional()?;
    let picture = match &before {
        Some((there, version)) => Picture { id: id(there)?, version: version + 1 },
        None => Picture { id: PictureId(Uuid::new_v4()), version: 1 },
    };
    diesel::delete(pictures::table.filter(pictures::character_id.eq(character.id.as_str()))).execute(conn)?;
    diesel::insert_into(pictures::table)
        .values((
            pictures::id.eq(picture.id.to_string()),
            pictures::character_id.eq(character.id.as_str()),
            pictures::version.eq(picture.version),
            pictures::jpeg.eq(jpeg),
            pictures::created_at.eq(now().0),
        ))
        .execute(conn)?;
    character.picture = Some(picture);
    write_card(conn, character)
}

fn write_card(conn: &mut Conn, character: &Character) -> Result<(), StoreError> {
    let set = (cards::card.eq(to_json(character)), cards::updated_at.eq(now().0));
    diesel::update(cards::table.find(character.id.as_str())).set(set).execute(conn)?;
    Ok(())
}
