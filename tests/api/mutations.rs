//! Requests and frames that went wrong on the way: whatever arrives, the server answers or hangs up, and goes on.
//!
//! `make fuzz` runs the long form: `FUZZ_REQUESTS`, `FUZZ_FRAMES`; `FUZZ_SEED` repeats a run. Seeds that once found something
//! stand in `SEEDS` and are always run.

mod chance;
mod frames;
mod requests;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use reqwest::StatusCode;

use self::chance::Chance;
use self::requests::{Place, Template, ask};
use super::helpers::TestApp;

/// Seeds to run whatever the environment says.
const SEEDS: &[u64] = &[1, 20_261_123];
const MAX_GROWTH_KIB: u64 = 50 * 1024;
/// Requests by one pair of people; then others take over, so that nothing they have grows for ever.
const SHIFT: usize = 2_000;
/// At once.
const REQUESTS: usize = 64;
const DISCUSSIONS: usize = 4;
/// Half a request waits for its other half; nobody waits here for that.
const PATIENCE: Duration = Duration::from_millis(200);

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn seeds() -> Vec<u64> {
    match std::env::var("FUZZ_SEED").ok().and_then(|text| text.parse().ok()) {
        Some(seed) => vec![seed],
        None => SEEDS.to_vec(),
    }
}

/// Nothing is refused for coming too often.
async fn generous() -> TestApp {
    let rates =
        ["GUEST", "REGISTER", "LOGIN", "TICKET", "CREATE", "JOIN", "COMMAND"].map(|name| format!("RATE_LIMIT_{name}"));
    let mut settings: Vec<(&str, &str)> = rates.iter().map(|name| (name.as_str(), "100000000")).collect();
    // As in the image and the service (docs/deploy.md): else glibc keeps the large blocks of pictures and argon2 for itself.
    settings.push(("MALLOC_MMAP_THRESHOLD_", "1048576"));
    settings.extend([("LLM_PROVIDERS", "demo"), ("DEMO_WORDS_PER_SECOND", "0"), ("RUST_LOG", "warn,chatlab=info")]);
    TestApp::spawn_with(&settings).await
}

/// Resident memory of the server.
fn memory_kib(app: &TestApp) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", app.process())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn still_well(app: TestApp, before: u64) {
    assert_eq!(app.get("/ready").await.status(), StatusCode::OK);
    let place = Place::new(&app).await;
    assert_eq!(place.host.get(&format!("/api/discussions/{}", place.talk)).await["topic"], "Play");
    let after = memory_kib(&app);
    eprintln!("memory: {before} KiB, then {after} KiB");
    assert!(after <= before + MAX_GROWTH_KIB, "memory grew from {before} to {after} KiB");
    let said = app.end().await;
    assert!(!said.contains("panicked"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutated_requests_do_no_harm() {
    let app = generous().await;
    let address = app.url.trim_start_matches("http://").to_owned();
    let all = number("FUZZ_REQUESTS", 1_000);
    let mut answers = BTreeMap::<String, BTreeMap<u16, usize>>::new();
    let mut before = 0;
    for seed in seeds() {
        let mut chance = Chance::new(seed);
        let mut left = all / seeds().len();
        while left > 0 {
            let (place, mortal) = (Place::new(&app).await, Place::new(&app).await);
            let templates = requests::templates(&app, &place, &mortal).await;
            if before == 0 {
                every_route_is_reached(&address, &templates).await;
            }
            let shift = left.min(SHIFT);
            left -= shift;
            let sent = (0..shift).map(|_| {
                let template = chance.pick(&templates);
                (template.route.clone(), template.mutated(&mut chance))
            });
            let sent: Vec<(String, Vec<u8>)> = sent.collect();
            let asked =
                stream::iter(sent).map(async |(route, request)| (ask(&address, &request, PATIENCE).await, route, request));
            let mut asked = std::pin::pin!(asked.buffer_unordered(REQUESTS));
            while let Some((status, route, request)) = asked.next().await {
                let text = String::from_utf8_lossy(&request);
                assert!(status.is_none_or(|status| status < 500), "seed {seed}: {status:?} for {text}");
                *answers.entry(route).or_default().entry(status.unwrap_or_default()).or_default() += 1;
            }
            if before == 0 {
                before = memory_kib(&app);
            }
        }
    }
    if all > 100_000 {
        eprintln!("{answers:#?}");
    }
    still_well(app, before).await;
}

/// What is there is found by whoever may: no mutation is stopped at the door alone.
async fn every_route_is_reached(address: &str, templates: &[Template]) {
    // Without admins, mail and providers of sign-in, and with a login that the test does not know the password of.
    let closed = [
        "/api/admin/",
        "/api/auth/",
        "/api/invitations",
        "post /api/me/password",
        "get /api/portraits/{id}",
        "get /api/pictures/{id}",
        "OPTIONS ",
    ];
    // What ends something comes late, what ends a login last.
    let rank = |route: &str| match route {
        "post /api/auth/register" | "post /api/auth/logout" => 3,
        "delete /api/me" => 2,
        _ if route.starts_with("delete") => 1,
        _ => 0,
    };
    let mut ordered: Vec<&Template> = templates.iter().collect();
    // A part before the whole.
    ordered.sort_by_key(|template| (rank(&template.route), Reverse(template.route.matches('/').count())));
    for template in ordered {
        let route = &template.route;
        let status = ask(address, &template.whole(), Duration::from_secs(10)).await;
        let status = status.unwrap_or_else(|| panic!("{route} is not answered"));
        let expected = closed.iter().any(|closed| route.contains(closed)) || !matches!(status, 401 | 404 | 405);
        let gone = route.starts_with("delete /api/me/")
            || route == "delete /api/discussions/{id}/share"
            || route.contains("/live")
            || route.contains("/events");
        assert!(status < 500 && (expected || gone), "{route}: {status} for {}", String::from_utf8_lossy(&template.whole()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutated_frames_do_no_harm() {
    let app = generous().await;
    let mut before = 0;
    let all = number("FUZZ_FRAMES", 4_000) / seeds().len();
    for seed in seeds() {
        let (mut sent, mut round) = (0, 0);
        while sent < all {
            let quarrels = (0..DISCUSSIONS as u64).map(|place| frames::quarrel(&app, seed + 1_000_003 * (round + place)));
            sent += futures_util::future::join_all(quarrels).await.iter().sum::<usize>();
            round += DISCUSSIONS as u64;
            if before == 0 {
                before = memory_kib(&app);
            }
        }
    }
    still_well(app, before).await;
}
