use actix_web::http::header;
use actix_web::{App, HttpResponse, HttpServer, web};

use super::*;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0picture";

#[test]
fn a_picture_is_known_by_its_first_bytes() {
    assert_eq!(Kind::of(b"\xff\xd8\xff\xe0rest"), Some(Kind::Jpeg));
    assert_eq!(Kind::of(b"\x89PNG\r\n\x1a\nrest"), Some(Kind::Png));
    assert_eq!(Kind::of(b"<svg onload=alert(1)>"), None);
    assert_eq!(Kind::of(b""), None);
}

#[test]
fn a_file_name_is_one_segment_of_the_address() {
    let source = Url::parse("https://commons.wikimedia.org/").expect("an address");
    let url = address(&source, "A/B? C.jpg");
    assert_eq!(url.as_str(), "https://commons.wikimedia.org/wiki/Special:FilePath/A%2FB%3F_C.jpg?width=640");
}

/// The first characters with a photograph, and how the server of this test answers for each.
fn cases() -> Vec<(&'static Character, &'static str)> {
    let answers = ["picture", "page", "missing", "elsewhere", "large"];
    wanted().map(|(character, _)| character).zip(answers).collect()
}

async fn commons(name: web::Path<String>) -> HttpResponse {
    let answer = cases()
        .into_iter()
        .find(|(character, _)| character.portrait.as_ref().is_some_and(|portrait| portrait.file.replace(' ', "_") == *name));
    match answer.map(|(_, answer)| answer) {
        Some("picture") => HttpResponse::Ok().body(JPEG),
        Some("page") => HttpResponse::Ok().content_type("image/jpeg").body("<html>Busy</html>"),
        Some("elsewhere") => HttpResponse::Found().insert_header((header::LOCATION, "http://127.0.0.2:9/x.jpg")).finish(),
        Some("large") => HttpResponse::Ok().body([JPEG, &vec![0; MAX_BYTES]].concat()),
        _ => HttpResponse::NotFound().finish(),
    }
}

#[actix_web::test]
async fn what_can_be_fetched_is_kept_and_the_rest_is_named() {
    let make = || App::new().route("/wiki/Special:FilePath/{name}", web::get().to(commons));
    let server = HttpServer::new(make).workers(1).disable_signals().bind("127.0.0.1:0").expect("a port");
    let source = Url::parse(&format!("http://{}/", server.addrs()[0])).expect("an address");
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let dir = tempfile::tempdir().expect("a folder");
    let settings = Settings { dir: dir.path().join("portraits"), source };

    let portraits = Portraits::open(settings.clone());
    assert!(portraits.begin() && !portraits.begin(), "one at a time");
    let report = portraits.fetch().await;

    let cases = cases();
    let picture = &cases[0].0.id;
    assert_eq!((report.running, report.fetched, report.failed.len()), (false, 1, report.available - 1));
    let reason = |character: &Character| {
        report.failed.iter().find(|one| one.character == character.id).map(|one| one.reason.clone()).unwrap_or_default()
    };
    assert!(reason(cases[1].0).contains("neither JPEG nor PNG"));
    assert!(reason(cases[2].0).contains("404"));
    assert!(reason(cases[3].0).contains("302"), "never followed out of Wikimedia: {}", reason(cases[3].0));
    assert!(reason(cases[4].0).contains("larger"));
    assert_eq!(portraits.read(picture).await.expect("read"), Some((JPEG.to_vec(), Kind::Jpeg)));
    let files = std::fs::read_dir(&settings.dir).expect("the folder").count();
    assert_eq!(files, 1, "no half file is left");
    assert!(Portraits::open(settings).has(picture), "found again after a restart");
    handle.stop(false).await;
}

#[actix_web::test]
async fn without_a_network_all_are_named_at_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
    let source = Url::parse(&format!("http://{closed}/")).expect("an address");
    let portraits = Portraits::open(Settings { dir: dir.path().to_owned(), source });
    assert!(portraits.begin());
    let report = portraits.fetch().await;
    assert_eq!((report.fetched, report.failed.len()), (0, report.available));
    assert!(portraits.begin(), "may be tried again");
}
