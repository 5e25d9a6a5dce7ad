//! What each character would likely say to a topic, kept so that asking again costs no model call.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Store;
use super::column::{id, now};
use super::error::StoreError;
use super::schema::perspectives;
use crate::domain::ids::{CharacterId, UserId};

impl Store {
    /// What is kept for these characters. `digest` stands for all that the text depends on: topic, model, wording.
    pub async fn list_perspectives(
        &self,
        user: UserId,
        digest: &str,
        of: &[CharacterId],
    ) -> Result<HashMap<CharacterId, String>, StoreError> {
        let digest = digest.to_owned();
        let of: Vec<String> = of.iter().map(ToString::to_string).collect();
        self.read(move |conn| {
            let rows: Vec<(String, String)> = perspectives::table
                .filter(perspectives::user_id.eq(user.to_string()))
                .filter(perspectives::digest.eq(digest))
                .filter(perspectives::character_id.eq_any(of))
                .select((perspectives::character_id, perspectives::text))
                .load(conn)?;
            rows.into_iter().map(|(character, text)| Ok((id(&character)?, text))).collect()
        })
        .await
    }

    /// Keeps texts, in place of those that are there.
    pub async fn insert_perspectives(
        &self,
        user: UserId,
        digest: &str,
        texts: Vec<(CharacterId, String)>,
    ) -> Result<(), StoreError> {
        let digest = digest.to_owned();
        self.write(move |conn| {
            for (character, text) in &texts {
                diesel::delete(perspectives::table.find((user.to_string(), &digest, character.as_str()))).execute(conn)?;
                diesel::insert_into(perspectives::table)
                    .values((
                        perspectives::user_id.eq(user.to_string()),
                        perspectives::digest.eq(&digest),
                        perspectives::character_id.eq(character.as_str()),
                        perspectives::text.eq(text),
                        perspectives::created_at.eq(now().0),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await
    }
}
