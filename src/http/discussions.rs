//! Discussions: begin one, find it again, rename it, delete it.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::State;
use super::error::{ApiError, Problem};
use super::extract::read_json;
use super::input::{Fields, List, cursor, idempotency_key, limit, read_query};
use super::me::personal;
use super::openapi::{DiscussionSchema, ListOfDiscussions};
use super::perspectives::{MAX_CAST, read_cast};
use super::user::{User, own_discussion};
use crate::domain::change::{Edit, Participant, Record};
use crate::domain::discussion::{Command, Wanted};
use crate::domain::ids::{CharacterId, MessageId};
use crate::domain::order::TurnOrder;
use crate::domain::protocol::DiscussionView;
use crate::domain::style::{Length, Level, Style};
use crate::domain::text::{self, Moment};
use crate::store::{Cursor, IdempotencyKey, Listed, NewDiscussion, Search, Snippet};

const MAX_TITLE_CHARS: usize = 200;
/// Length of a title that is made from the topic.
const SHORT_TITLE_CHARS: usize = 80;
const MAX_QUERY_CHARS: usize = 200;

#[derive(Deserialize, ToSchema)]
pub struct CreateBody {
    #[schema(required = true)]
    topic: Option<String>,
    /// 1 to 6, each once, in speaking order.
    #[schema(required = true)]
    character_ids: Option<Vec<String>>,
    /// `balanced` (default) or `round_robin`.
    turn_order: Option<String>,
    /// Length of turns: `short`, `normal` or `long`. Unset: as one's preferences say (`length`), else `normal`.
    length: Option<String>,
    /// The age of those who listen: `10`, `14`, `18` or `adult`. Unset: as one's preferences say (`level`), else `adult`.
    level: Option<String>,
}

#[utoipa::path(
    post, path = "/api/discussions", tag = "discussions", request_body = CreateBody, security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, body = DiscussionSchema), (status = 401, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)
    )
)]
pub async fn create(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let key = idempotency_key(&request, "POST /api/discussions")?;
    let body: CreateBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    if let Some(made) = made_before(&state, &user, key.as_ref()).await? {
        return Ok(created(&view(&state, &made).await));
    }
    state.rates.create.check(&user.id())?;
    let mut fields = Fields::default();
    let topic = fields.text("topic", body.topic.as_deref(), state.config.limits.topic_chars);
    let turn_order = turn_order(&mut fields, body.turn_order.as_deref()).unwrap_or(TurnOrder::Balanced);
    let (length, level) = (length(&mut fields, body.length.as_deref()), level(&mut fields, body.level.as_deref()));
    let cast = read_cast(&mut fields, state.store(), user.id(), body.character_ids).await?;
    fields.done()?;
    may_have_another(&state, &user).await?;
    let participants = cast.into_iter().map(|character| Participant { character, muted: false }).collect();
    let title = title_from(&topic);
    let usual = usual_style(&state.accounts.find(user.id()).await?.preferences);
    let style = Style { length: length.unwrap_or(usual.length), level: level.unwrap_or(usual.level) };
    let new = NewDiscussion {
        owner: user.id(),
        topic,
        title,
        turn_order,
        style,
        participants,
        former: vec![],
        forked_from: None,
        rehearsal: false,
        plan: None,
    };
    let made = state.store().insert_discussion(new, key).await?.made;
    Ok(created(&view(&state, &made).await))
}

/// What somebody has set for new discussions. What is no such word, from an older page or a script, says nothing.
fn usual_style(preferences: &serde_json::Value) -> Style {
    let word = |name: &str| preferences[name].as_str().unwrap_or_default();
    Style {
        length: Length::from_word(word("length")).unwrap_or_default(),
        level: Level::from_word(word("level")).unwrap_or_default(),
    }
}

/// The discussion that an earlier request with this key made: the answer to it was lost. It is given again before any limit is
/// looked at, since nothing is made.
pub async fn made_before(state: &State, user: &User, key: Option<&IdempotencyKey>) -> Result<Option<Record>, ApiError> {
    let Some(key) = key else { return Ok(None) };
    let Some(made) = state.store().find_idempotent(user.id(), key.clone()).await? else { return Ok(None) };
    let Some(id) = made.as_str().and_then(|id| id.parse().ok()) else { return Ok(None) };
    Ok(state.store().find_discussion(id).await?)
}

/// Nobody has more discussions than the limit says.
pub async fn may_have_another(state: &State, user: &User) -> Result<(), ApiError> {
    let max = state.config.limits.discussions_per_user;
    match state.store().count_discussions(user.id()).await? >= max {
        true => Err(ApiError::LimitReached(format!("You have {max} discussions already. Delete one first."))),
        false => Ok(()),
    }
}

pub fn created(made: &DiscussionView) -> HttpResponse {
    HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/discussions/{}", made.id)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(made)
}

#[derive(Deserialize, IntoParams)]
pub struct Query {
    /// Searches topics, titles and messages: all the words, each at least as a word's beginning.
    q: Option<String>,
    /// Who takes part; with `q`: whose words are searched.
    character: Option<String>,
    /// Last active from this time on.
    from: Option<String>,
    /// Last active before this time.
    to: Option<String>,
    /// `true`: the archived ones; `all`: those too. Else those that are not.
    archived: Option<String>,
    cursor: Option<String>,
    limit: Option<i64>,
}

#[derive(Serialize)]
struct ListedView {
    #[serde(flatten)]
    discussion: DiscussionView,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<serde_json::Value>,
}

/// One's own, newest activity first.
#[utoipa::path(
    get, path = "/api/discussions", tag = "discussions", params(Query), security(("bearer" = [])),
    responses((status = 200, body = ListOfDiscussions), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn list(request: HttpRequest, user: User, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let query: Query = read_query(&request)?;
    let limit = limit(query.limit)?;
    let from: Option<Cursor> = cursor(query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let q = fields.optional("q", query.q.as_deref(), MAX_QUERY_CHARS);
    let character = query.character.as_deref().and_then(|id| {
        let known = id.parse::<CharacterId>().ok();
        if known.is_none() {
            fields.wrong("character", "There is no such character.");
        }
        known
    });
    let since = time(&mut fields, "from", query.from.as_deref());
    let to = time(&mut fields, "to", query.to.as_deref());
    let archived = query.archived.as_deref().unwrap_or("false");
    let archived = match archived {
        "all" => None,
        other => word(&mut fields, "archived", Some(other), |word| word.parse().ok(), "`true`, `false` or `all`"),
    };
    fields.done()?;
    let search = Search { q, character, from: since, to, archived };
    let page = state.store().list_discussions(user.id(), search, from, limit).await?;
    let item = |Listed { record, snippet }: &Listed| ListedView {
        discussion: DiscussionView::of(record),
        snippet: snippet.as_ref().map(marked),
    };
    let next_cursor = page.next.map(|next| next.to_string());
    Ok(personal(&List { items: page.items.iter().map(item).collect(), next_cursor }))
}

fn time(fields: &mut Fields, field: &str, given: Option<&str>) -> Option<Moment> {
    let whole = given.map(|text| if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() });
    word(fields, field, whole.as_deref(), Moment::parse, "a time such as 2026-11-23T08:00:00Z, or a day")
}

/// Where the words were found, in three parts: what is before, the words, what is after.
fn marked(snippet: &Snippet) -> serde_json::Value {
    json!({
        "message_id": snippet.message, "before": snippet.before, "match": snippet.matched, "after": snippet.after,
    })
}

#[utoipa::path(
    get, path = "/api/discussions/{id}", tag = "discussions", params(("id" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = DiscussionSchema), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn get(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    Ok(personal(&view(&state, &record).await))
}

#[derive(Deserialize, ToSchema)]
pub struct PatchBody {
    title: Option<String>,
    /// `balanced` or `round_robin`.
    turn_order: Option<String>,
    /// Length of turns: `short`, `normal` or `long`.
    length: Option<String>,
    /// The age of those who listen: `10`, `14`, `18` or `adult`.
    level: Option<String>,
    archived: Option<bool>,
    /// Who is to sit at the table, 1 to 6, in speaking order: who is not there joins, who is missing leaves.
    participants: Option<Vec<SeatBody>>,
}

#[derive(Deserialize, ToSchema)]
pub struct SeatBody {
    character_id: String,
    /// A muted one never speaks. Without it: as it is.
    muted: Option<bool>,
}

#[utoipa::path(
    patch, path = "/api/discussions/{id}", tag = "discussions", params(("id" = String, Path)), request_body = PatchBody,
    security(("bearer" = [])),
    responses(
        (status = 200, body = DiscussionSchema), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)
    )
)]
pub async fn patch(
    request: HttpRequest,
    payload: web::Payload,
    user: User,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    let body: PatchBody = read_json(&request, payload, state.config.limits.body_bytes).await?;
    let mut fields = Fields::default();
    let title = body.title.as_deref().map(|title| fields.text("title", Some(title), MAX_TITLE_CHARS).replace('\n', " "));
    let turn_order = turn_order(&mut fields, body.turn_order.as_deref());
    let (length, level) = (length(&mut fields, body.length.as_deref()), level(&mut fields, body.level.as_deref()));
    let wanted = match body.participants {
        Some(seats) => Some(read_seats(&mut fields, &state, &record, seats).await?),
        None => None,
    };
    fields.done()?;
    let edit = Edit { title, turn_order, length, level, archived: body.archived };
    let nothing = edit == Edit::default();
    if nothing && wanted.is_none() {
        return Ok(personal(&view(&state, &record).await));
    }
    let discussion = state.registry.wake(record.id).await?;
    if let Some(wanted) = wanted {
        discussion.command(None, Command::Seat { fresh: MessageId::new(), wanted }).await??;
    }
    if !nothing {
        discussion.command(None, Command::Edit(edit)).await??;
    }
    Ok(personal(&discussion.look().await?.view))
}

/// The seats as they are wanted; for those who are to join with their cards.
async fn read_seats(
    fields: &mut Fields,
    state: &State,
    record: &Record,
    seats: Vec<SeatBody>,
) -> Result<Vec<Wanted>, ApiError> {
    let mut wanted = vec![];
    for (index, SeatBody { character_id, muted }) in seats.into_iter().take(MAX_CAST + 1).enumerate() {
        let Ok(id) = character_id.parse::<CharacterId>() else {
            fields.wrong(format!("participants[{index}].character_id"), "There is no such character.");
            continue;
        };
        let card = match record.participants.iter().any(|seat| seat.character.id == id) {
            true => None,
            false => super::characters::find(state.store(), record.owner, &id).await?,
        };
        wanted.push(Wanted { id, muted, card });
    }
    Ok(wanted)
}

fn word<T>(
    fields: &mut Fields,
    field: &str,
    given: Option<&str>,
    from_word: impl Fn(&str) -> Option<T>,
    allowed: &str,
) -> Option<T> {
    let word = from_word(given?);
    if word.is_none() {
        fields.wrong(field, format!("This must be {allowed}."));
    }
    word
}

#[utoipa::path(
    delete, path = "/api/discussions/{id}", tag = "discussions", params(("id" = String, Path)),
    security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn delete(user: User, id: web::Path<String>, state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    state.shares.forget(record.id);
    state.registry.delete(record.id).await;
    state.store().delete_discussion(record.id).await?;
    // Somebody may have woken it in between.
    state.registry.delete(record.id).await;
    state.store().fold().await;
    Ok(HttpResponse::NoContent().finish())
}

/// As the actor sees it where there is one, else as it is kept.
pub async fn view(state: &State, record: &Record) -> DiscussionView {
    if let Some(live) = state.registry.find_live(record.id).await
        && let Ok(look) = live.look().await
    {
        return look.view;
    }
    DiscussionView::of(record)
}

pub fn length(fields: &mut Fields, given: Option<&str>) -> Option<Length> {
    word(fields, "length", given, Length::from_word, "`short`, `normal` or `long`")
}

pub fn level(fields: &mut Fields, given: Option<&str>) -> Option<Level> {
    word(fields, "level", given, Level::from_word, "`10`, `14`, `18` or `adult`")
}

pub fn turn_order(fields: &mut Fields, given: Option<&str>) -> Option<TurnOrder> {
    word(fields, "turn_order", given, TurnOrder::from_word, "`balanced` or `round_robin`")
}

/// The topic's first line, cut between two words.
pub fn title_from(topic: &str) -> String {
    let line = text::clean(topic.lines().next().unwrap_or_default());
    if line.chars().count() <= SHORT_TITLE_CHARS {
        return line;
    }
    let cut: String = line.chars().take(SHORT_TITLE_CHARS - 1).collect();
    let end = cut.rfind(char::is_whitespace).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_topics_beginning() {
        assert_eq!(title_from("What is play for?\nAnd work?"), "What is play for?");
        let long = title_from(&"éducation ".repeat(20));
        assert!(long.chars().count() <= SHORT_TITLE_CHARS && long.ends_with("éducation…"), "{long}");
        assert_eq!(title_from(&"x".repeat(200)).chars().count(), SHORT_TITLE_CHARS);
    }
}
