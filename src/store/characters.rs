//! Users' own characters. The built-in ones are in the binary.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::Store;
use super::column::{from_json, now, to_json};
use super::connection::Conn;
use super::discussions::Created;
use super::error::StoreError;
use super::idempotency::{self, IdempotencyKey};
use super::pictures;
use super::schema::characters;
use crate::domain::character::Character;
use crate::domain::ids::{CharacterId, UserId};

/// A character as it is to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct CardToKeep {
    pub character: Character,
    /// The text of the card that it came from.
    pub source: Option<String>,
    /// JPEG.
    pub picture: Option<Vec<u8>>,
}

impl CardToKeep {
    /// A character that was made here.
    pub fn new(character: Character) -> Self {
        Self { character, source: None, picture: None }
    }
}

/// A character with all that is kept of it.
pub type KeptCard = CardToKeep;

impl Store {
    /// Keeps a new character under the id it has. With an idempotency key that was used before (24 h) it is the one kept
    /// then.
    pub async fn insert_character(
        &self,
        owner: UserId,
        card: CardToKeep,
        key: Option<IdempotencyKey>,
    ) -> Result<Created<Character>, StoreError> {
        self.write(move |conn| {
            if let Some(key) = &key
                && let Some(made) = idempotency::find_made(conn, owner, key)?
                && let Some(made) = find(conn, owner, &made)?
            {
                return Ok(Created { made, repeated: true });
            }
            let made = insert(conn, owner, card)?;
            if let Some(key) = &key {
                idempotency::insert_made(conn, owner, key, made.id.as_str())?;
            }
            Ok(Created { made, repeated: false })
        })
        .await
    }

    /// Keeps all these characters, or none of them. Those whose id is one of the owner's characters take its place.
    pub async fn import_characters(&self, owner: UserId, cards: Vec<CardToKeep>) -> Result<Vec<Character>, StoreError> {
        self.write(move |conn| {
            let mut made = Vec::with_capacity(cards.len());
            for card in cards {
                made.push(match find(conn, owner, card.character.id.as_str())? {
                    Some(before) => take_place(conn, before, card)?,
                    None => insert(conn, owner, card)?,
                });
            }
            Ok(made)
        })
        .await
    }

    /// One of this owner's characters; somebody else's looks like an unknown one.
    pub async fn find_character(&self, owner: UserId, character: &CharacterId) -> Result<Option<Character>, StoreError> {
        let character = character.to_string();
        self.read(move |conn| find(conn, owner, &character)).await
    }

    /// One of this owner's characters with the card it came from and its picture.
    pub async fn find_card(&self, owner: UserId, character: &CharacterId) -> Result<Option<KeptCard>, StoreError> {
        let character = character.to_string();
        self.read(move |conn| {
            let own = characters::table.find(&character).filter(characters::owner_id.eq(owner.to_string()));
            let row: Option<(String, Option<String>)> =
                own.select((characters::card, characters::source)).first(conn).optional()?;
            let Some((card, source)) = row else { return Ok(None) };
            let picture = pictures::find_of(conn, &character)?;
            Ok(Some(KeptCard { character: from_json(&card)?, source, picture }))
        })
        .await
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

    /// Bytes of the cards that this owner's characters came from.
    pub async fn sum_sources(&self, owner: UserId) -> Result<i64, StoreError> {
        self.read(move |conn| {
            let bytes = sql::<Nullable<BigInt>>("CAST(SUM(OCTET_LENGTH(source)) AS BIGINT)");
            let sum: Option<i64> =
                characters::table.filter(characters::owner_id.eq(owner.to_string())).select(bytes).first(conn)?;
            Ok(sum.unwrap_or_default())
        })
        .await
    }

    pub async fn count_characters(&self, owner: UserId) -> Result<i64, StoreError> {
        self.read(move |conn| {
            Ok(characters::table.filter(characters::owner_id.eq(owner.to_string())).count().get_result(conn)?)
        })
        .await
    }

    /// Replaces the card of one of this owner's characters. Its picture stays.
    /// Discussions keep it as it was when they began.
    pub async fn update_character(&self, owner: UserId, mut character: Character) -> Result<Character, StoreError> {
        self.write(move |conn| {
            let before = find(conn, owner, character.id.as_str())?.ok_or(StoreError::NotFound)?;
            character.picture = before.picture;
            let own = characters::table.find(character.id.as_str()).filter(characters::owner_id.eq(owner.to_string()));
            let set = (characters::card.eq(to_json(&character)), characters::updated_at.eq(now().0));
            match diesel::update(own).set(set).execute(conn)? {
                0 => Err(StoreError::NotFound),
                _ => Ok(character),
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

fn insert(conn: &mut Conn, owner: UserId, card: CardToKeep) -> Result<Character, StoreError> {
    let CardToKeep { mut character, source, picture } = card;
    character.picture = None;
    let at = now().0;
    diesel::insert_into(characters::table)
        .values((
            characters::id.eq(character.id.as_str()),
            characters::owner_id.eq(owner.to_string()),
            characters::card.eq(to_json(&character)),
            characters::created_at.eq(at),
            characters::updated_at.eq(at),
            characters::source.eq(source),
        ))
        .execute(conn)?;
    if let Some(jpeg) = picture {
        pictures::set(conn, &mut character, &jpeg)?;
    }
    Ok(character)
}

/// A card that came anew; without a picture of its own it leaves the one that is there.
fn take_place(conn: &mut Conn, before: Character, card: CardToKeep) -> Result<Character, StoreError> {
    let CardToKeep { mut character, source, picture } = card;
    character.picture = before.picture;
    let set = (characters::card.eq(to_json(&character)), characters::source.eq(source), characters::updated_at.eq(now().0));
    diesel::update(characters::table.find(character.id.as_str())).set(set).execute(conn)?;
    if let Some(jpeg) = picture {
        pictures::set(conn, &mut character, &jpeg)?;
    }
    Ok(character)
}

/// One of this owner's characters.
pub fn find(conn: &mut Conn, owner: UserId, character: &str) -> Result<Option<Character>, StoreError> {
    let own = characters::table.find(character).filter(characters::owner_id.eq(owner.to_string()));
    let card: Option<String> = own.select(characters::card).first(conn).optional()?;
    card.map(|card| from_json(&card)).transpose()
}
