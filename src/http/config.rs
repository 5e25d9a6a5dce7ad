//! What a page has to know before anyone is known.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::json;

use super::State;
use super::openapi::ConfigSchema;
use crate::accounts::Registration;
use crate::domain::cast::{builtin, emblems};

/// What this ChatLab can do, and what the built-in cast offers.
#[utoipa::path(get, path = "/api/config", tag = "about", security(()), responses((status = 200, body = ConfigSchema)))]
pub async fn get(state: web::Data<State>) -> HttpResponse {
    let (config, limits, cast) = (&state.config, &state.config.limits, builtin());
    let voices = &state.registry.house().voices;
    let needs_code = state.accounts.needs_code();
    let supabase = state.accounts.supabase();
    let registration = state.accounts.registration();
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-cache")).json(json!({
        "demo": voices.is_demo(),
        "provider": voices.first(),
        "version": env!("CARGO_PKG_VERSION"),
        "auth": {
            "mode": if supabase.is_some() { "supabase" } else { "own" }, "guest": !needs_code, "start": needs_code, "register": supabase.is_none() && registration == Registration::Open, "registration": registration.as_str(),
            "mail": state.mail.is_some(), "providers": state.sign_in.iter().map(|provider| provider.provider().as_str()).collect::<Vec<_>>(),
            "supabase": supabase.map(|supabase| json!({"url": supabase.url.as_str().trim_end_matches('/'), "key": supabase.key})),
        },
        "limits": {
            "topic_chars": limits.topic_chars,
            "message_chars": limits.message_chars,
            "card_chars": limits.card_chars,
            "body_bytes": limits.body_bytes,
            "frame_bytes": config.ws.frame_bytes,
            "participants": 6,
            "observers": limits.observers,
            "sockets_per_user": limits.sockets_per_user,
            "discussions_per_user": limits.discussions_per_user,
        },
        "packs": cast.packs,
        "topics": cast.topics,
        "palette": cast.palette,
        "emblems": emblems(),
    }))
}
