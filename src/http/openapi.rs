//! The description of the HTTP interface (`/api/openapi.json`). The domain's shapes are described here, since the domain
//! knows no framework; a test holds the descriptions against what is really sent.

#![expect(dead_code, reason = "these types are never made: they describe those of the domain")]

use actix_web::HttpResponse;
use actix_web::http::header;
use serde_json::Value;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

use super::error::Problem;
use super::{
    accounts, activity, admin, auth, cards, characters, commands, config, copies, discussions, export, health, invitations,
    lessons, live, logins, me, messages, oidc, packs, perspectives, pictures, plans, portraits, preview, providers, recaps,
    share, summary, takeaway, tickets, tokens, turns, usage, watch,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "ChatLab",
        description = "A class watches great minds discuss. Ids are UUIDs (version 7) or slugs, times RFC 3339 in UTC, errors \
            problem+json (RFC 9457) with a stable `code`. The live events are described in docs/protocol.md."
    ),
    paths(
        health::health, health::ready, health::metrics, config::get, auth::guest, auth::refresh, auth::adopt, auth::logout, accounts::register,
        accounts::login, accounts::reset, accounts::new_password_by_link, accounts::confirm, accounts::change_password,
        invitations::create, invitations::list, invitations::delete, logins::list, logins::delete, oidc::begin, oidc::back, tokens::list, tokens::create, tokens::delete, takeaway::get, admin::usage,
        admin::actions, admin::transcripts, admin::activity, me::get,
        me::patch, me::delete, characters::list, characters::create, characters::get, characters::replace,
        characters::delete, packs::import, packs::export, cards::get, pictures::replace, pictures::delete, pictures::get,
        preview::create, lessons::list, lessons::start, lessons::check, lessons::write_draft, lessons::file,
        lessons::export, plans::get, plans::replace, plans::say, perspectives::ask, discussions::create, discussions::list, discussions::get,
        discussions::patch, discussions::delete, copies::fork, copies::duplicate, messages::list, messages::edit,
        messages::versions, turns::create, usage::get, tickets::create,
        live::live, live::events, summary::create, summary::get, summary::list, recaps::list, providers::test, export::get, activity::create, portraits::status,
        share::create, share::get, share::delete, watch::get, watch::list, watch::ticket, watch::command, commands::create, portraits::fetch, portraits::get, portraits::emblem_svg
    ),
    components(schemas(Problem)),
    modifiers(&Security)
)]
struct Api;

struct Security;

impl Modify for Security {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let components = api.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let cookie = ApiKey::Cookie(ApiKeyValue::new(auth::COOKIE));
        let ticket = ApiKey::Query(ApiKeyValue::new("ticket"));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("refresh", SecurityScheme::ApiKey(cookie));
        components.add_security_scheme("ticket", SecurityScheme::ApiKey(ticket));
    }
}

/// The description as JSON.
pub fn openapi_json() -> String {
    Api::openapi().to_pretty_json().expect("the description has a JSON form")
}

pub async fn get() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(openapi_json())
}

#[derive(ToSchema)]
#[schema(as = Discussion)]
pub struct DiscussionSchema {
    #[schema(format = "uuid")]
    id: String,
    topic: String,
    title: String,
    participants: Vec<ParticipantSchema>,
    /// Who said something and left the table; only there where there is somebody.
    #[schema(required = false)]
    former: Vec<FigureSchema>,
    /// `balanced` or `round_robin`.
    turn_order: String,
    /// Who would speak now; null if everyone is muted.
    next: Option<String>,
    /// Who has spoken in this round.
    heard: Vec<String>,
    /// Turns that follow by themselves.
    auto: Option<AutoSchema>,
    /// Length of turns: `short`, `normal` or `long`.
    length: String,
    /// The age of those who listen: `10`, `14`, `18` or `adult`.
    level: String,
    archived: bool,
    forked_from: Option<ForkSchema>,
    /// The demo voices speak, whatever is set up; only there where it is so.
    #[schema(required = false)]
    rehearsal: bool,
    message_count: i64,
    /// The change counter: grows by one with every committed change.
    last_seq: i64,
    #[schema(format = "date-time")]
    created_at: String,
    #[schema(format = "date-time")]
    updated_at: String,
}

#[derive(ToSchema)]
#[schema(as = Auto)]
struct AutoSchema {
    /// With the one that is running.
    turns_left: u32,
    /// No turn begins after this.
    #[schema(format = "date-time")]
    until: Option<String>,
}

/// Where a discussion's beginning was taken from.
#[derive(ToSchema)]
#[schema(as = Fork)]
struct ForkSchema {
    #[schema(format = "uuid")]
    discussion_id: String,
    #[schema(format = "uuid")]
    message_id: String,
}

/// Somebody who takes part, or did.
#[derive(ToSchema)]
#[schema(as = Figure)]
struct FigureSchema {
    character_id: String,
    name: String,
    tagline: String,
    color: String,
    color_dark: String,
    avatar_url: Option<String>,
    living: bool,
}

#[derive(ToSchema)]
#[schema(as = Participant)]
pub struct ParticipantSchema {
    character_id: String,
    name: String,
    tagline: String,
    color: String,
    color_dark: String,
    avatar_url: Option<String>,
    living: bool,
    /// Place in the speaking order, from 1.
    position: i64,
    muted: bool,
}

#[derive(ToSchema)]
pub struct ListOfDiscussions {
    items: Vec<ListedSchema>,
    next_cursor: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = ListedDiscussion)]
struct ListedSchema {
    #[schema(inline)]
    #[serde(flatten)]
    discussion: DiscussionSchema,
    /// With `q`: where the words were found.
    snippet: Option<SnippetSchema>,
}

#[derive(ToSchema)]
#[schema(as = Snippet)]
struct SnippetSchema {
    /// Null: in the title or the topic.
    message_id: Option<String>,
    before: String,
    r#match: String,
    after: String,
}

#[derive(ToSchema)]
#[schema(as = Message)]
pub struct MessageSchema {
    #[schema(format = "uuid")]
    id: String,
    seq: i64,
    position: i64,
    author: AuthorSchema,
    text: String,
    /// `streaming`, `complete`, `stopped`, `interrupted`, `failed` or `struck`.
    status: String,
    /// Null, `length` or `refusal`.
    finish: Option<String>,
    version: i32,
    #[schema(format = "date-time")]
    created_at: String,
    usage: Option<UsageSchema>,
    /// In plain words why a turn failed or was cut off.
    error: Option<String>,
    /// How many of the class wanted this question asked; null for everything else.
    votes: Option<i64>,
}

#[derive(ToSchema)]
#[schema(as = Author)]
struct AuthorSchema {
    /// `user`, `character`, `audience` or `notice`.
    kind: String,
    id: Option<String>,
    name: String,
}

#[derive(ToSchema)]
#[schema(as = Usage)]
struct UsageSchema {
    provider: String,
    model: String,
    /// Neither read from nor written to a cache.
    input_tokens: i64,
    cache_read_tokens: i64,
    cache_write_tokens: i64,
    output_tokens: i64,
    cost_usd: Option<f64>,
    /// Counted by ChatLab, because the provider told nothing.
    estimated: bool,
}

#[derive(ToSchema)]
pub struct ListOfMessages {
    items: Vec<MessageSchema>,
    next_cursor: Option<String>,
}

#[derive(ToSchema)]
pub struct ListOfVersions {
    items: Vec<VersionSchema>,
    next_cursor: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = Version)]
struct VersionSchema {
    version: i32,
    /// Whether it is the one that counts.
    current: bool,
    text: String,
    status: String,
    finish: Option<String>,
    usage: Option<UsageSchema>,
    error: Option<String>,
    #[schema(format = "date-time")]
    created_at: String,
    /// `said`, `regenerated`, `continued` or `edited`.
    kind: String,
    /// Whose words these are: the character's name, or `Host`.
    by: String,
    /// Why it was written or struck, where the host said so.
    reason: Option<String>,
    #[schema(format = "date-time")]
    struck_at: Option<String>,
    /// Of a struck one: why it had been written.
    earlier_reason: Option<String>,
    /// The model whose words it took over: of a fork, an edit, a continuation.
    words_of: Option<String>,
    /// Of the prompts that a model was asked with; null: nobody was asked, or it is not known.
    prompt_version: Option<u32>,
}

#[derive(ToSchema)]
#[schema(as = Summary)]
pub struct SummarySchema {
    version: i32,
    #[schema(format = "date-time")]
    created_at: String,
    /// The discussion's `last_seq` when it was read for this.
    last_seq: i64,
    /// The built-in voices made it, no model.
    demo: bool,
    /// Null for the built-in voices.
    model: Option<String>,
    /// Of the rules it was written under.
    prompt_version: u32,
    topic: String,
    participants: Vec<NamedSchema>,
    insights: Vec<InsightSchema>,
    agreements: Vec<FindingSchema>,
    tensions: Vec<FindingSchema>,
    questions: Vec<FindingSchema>,
    /// Where the messages stand that the lines rest on, by their ids.
    #[schema(value_type = Object)]
    positions: Value,
}

#[derive(ToSchema)]
#[schema(as = Named)]
struct NamedSchema {
    character_id: String,
    name: String,
}

#[derive(ToSchema)]
#[schema(as = Insight)]
struct InsightSchema {
    character_id: String,
    name: String,
    text: String,
    /// Ids of the messages it rests on.
    messages: Vec<String>,
}

#[derive(ToSchema)]
#[schema(as = Finding)]
struct FindingSchema {
    text: String,
    messages: Vec<String>,
}

#[derive(ToSchema)]
#[schema(as = Config)]
pub struct ConfigSchema {
    /// No model is configured: the built-in voices speak.
    demo: bool,
    /// `demo`, `anthropic`, `openai` or `external`.
    provider: String,
    version: String,
    auth: AuthConfigSchema,
    #[schema(value_type = Object)]
    limits: Value,
    #[schema(value_type = Vec<Object>)]
    packs: Value,
    #[schema(value_type = Vec<Object>)]
    topics: Value,
    #[schema(value_type = Vec<Object>)]
    palette: Value,
    /// Names of drawings for own characters.
    emblems: Vec<String>,
}

#[derive(ToSchema)]
#[schema(as = AuthConfig)]
struct AuthConfigSchema {
    /// `own` or `supabase`.
    mode: String,
    /// Anyone may start as a guest.
    guest: bool,
    /// A guest needs the owner's code.
    start: bool,
    register: bool,
    /// `open`, `invite` or `closed`.
    registration: String,
    /// Links for a new password can be sent.
    mail: bool,
    providers: Vec<String>,
    #[schema(value_type = Option<Object>)]
    supabase: Value,
}

#[cfg(test)]
mod tests;
