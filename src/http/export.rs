//! A transcript to take away.

use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::http::header::{self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::State;
use super::error::{ApiError, Problem};
use super::input::read_query;
use super::user::{User, own_discussion};
use crate::domain::export::{Format, Transcript, file_name};
use crate::domain::text::Moment;
use crate::store::Window;

#[derive(Deserialize, IntoParams)]
pub struct Query {
    /// `md` (default), `txt`, `html`, `json`, `csv` or `docx`.
    format: Option<String>,
}

#[utoipa::path(
    get, path = "/api/discussions/{id}/export", tag = "discussions", params(("id" = String, Path), Query),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The file, with its name in `Content-Disposition`"), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)
    )
)]
pub async fn get(
    request: HttpRequest,
    user: User,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let record = own_discussion(&state, &user, &id).await?;
    state.rates.export.check(&user.id())?;
    let query: Query = read_query(&request)?;
    let format = Format::from_word(query.format.as_deref().unwrap_or("md"));
    let format =
        format.ok_or_else(|| ApiError::field("format", "This must be `md`, `txt`, `html`, `json`, `csv` or `docx`."))?;
    let discussion = super::discussions::view(&state, &record).await;
    let messages = state.store().list_messages(record.id, Window::All).await?;
    let versions = state.store().list_all_versions(record.id).await?;
    let mut recaps = match format {
        Format::Json => state.store().list_recaps(record.id).await?,
        _ => vec![],
    };
    recaps.retain(|recap| recap.holds(&messages));
    let summaries = match format {
        Format::Json => super::summary::all(&state, record.id).await?,
        _ => vec![],
    };
    let name = file_name(&discussion.title, format);
    let demo = record.rehearsal || state.registry.house().voices.is_demo();
    let write = move || {
        let cast: Vec<_> = record.figures().collect();
        Transcript {
            discussion: &discussion,
            cast: &cast,
            messages: &messages,
            versions: &versions,
            recaps: &recaps,
            summaries: &summaries,
            demo,
            exported_at: now(),
        }
        .write(format)
    };
    // Of a long discussion this takes longer than a worker may be away from its connections.
    let file = web::block(write).await.map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok()
        .content_type(format.content_type())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(disposition(&name))
        .body(file))
}

/// The file's name twice: plain for old programs, whole for all others.
pub fn disposition(name: &str) -> ContentDisposition {
    let plain = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let whole = ExtendedValue { charset: Charset::Ext("UTF-8".to_owned()), language_tag: None, value: name.into() };
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(plain), DispositionParam::FilenameExt(whole)],
    }
}

pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_given_plain_and_whole() {
        let header = disposition("chatlab-Éducation.md").to_string();
        assert_eq!(header, "attachment; filename=\"chatlab-_ducation.md\"; filename*=UTF-8''chatlab%2D%C3%89ducation.md");
    }
}
