//! A library of 100,000 messages in 5,000 discussions of one teacher: how long a search takes, and any page of the history.
//! On SQLite, and on PostgreSQL where there is one (`scripts/with-postgres` gives it).

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};

use crate::http::Client;
use crate::report::{Report, Row, percentile};
use crate::server::{Server, Talk};
use crate::shelf;

/// Each word list is searched so often, in turn with the others.
const ROUNDS: usize = 20;
const SEARCH_MS: f64 = 50.0;
const PAGE_MS: f64 = 20.0;

/// Words that most messages have, some, a handful and none; whole and begun, together, with accents, of one voice.
const SEARCHES: [&str; 13] = [
    "q=the",
    "q=play",
    "q=Play%20the",
    "q=pla",
    "q=a",
    "q=%C3%89DUC",
    "q=kindergarten",
    "q=kindergarten%20play",
    "q=xylophone",
    "q=xylophone%20kindergarten",
    "q=nothinghasthis",
    "q=play&character=paulo-freire",
    "q=kindergarten&archived=true",
];

const NARROWED: [&str; 4] =
    ["character=paulo-freire", "archived=true", "from=2026-03-01&to=2026-04-01", "character=jean-piaget&archived=all"];

pub fn run(report: &mut Report) -> Result<()> {
    report.section("library");
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("library.db");
    measure(report, "SQLite", &format!("sqlite:///{}", file.display()), || {
        Ok(Box::new(SqliteConnection::establish(&file.to_string_lossy())?))
    })?;
    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else {
        report.say("PostgreSQL is left out: there is none here.");
        return Ok(());
    };
    PgConnection::establish(&server)?.batch_execute("DROP DATABASE IF EXISTS library; ")?;
    PgConnection::establish(&server)?.batch_execute("CREATE DATABASE library")?;
    let mut url = url::Url::parse(&server)?;
    url.set_path("library");
    measure(report, "PostgreSQL", url.as_str(), || Ok(Box::new(PgConnection::establish(url.as_str())?)))
}

type Open<'a> = &'a dyn Fn() -> Result<Box<dyn SimpleConnection>>;

fn measure(report: &mut Report, name: &str, url: &str, open: impl Fn() -> Result<Box<dyn SimpleConnection>>) -> Result<()> {
    let mut client = prepare(report, name, url, &open)?;
    searches(report, name, &mut client.1)?;
    pages(report, name, &mut client.1)
}

/// A server with the full shelf. What is searched is written at its start, as after an update from a version without a search.
fn prepare(report: &mut Report, name: &str, url: &str, open: Open) -> Result<(Server, Client)> {
    let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
    let server = Server::start(nobody, &[("DATABASE_URL", url)])?;
    let mut host = server.host()?;
    let template = Talk::open(&mut host)?;
    drop(server);
    shelf::fill(open()?.as_mut(), &template.id).context("the shelf cannot be filled")?;
    let began = Instant::now();
    let server = Server::start(nobody, &[("DATABASE_URL", url)])?;
    report.say(format!("{name}: every text indexed and ready in {:.1} s", began.elapsed().as_secs_f64()));
    let mut client = Client::new(server.address);
    client.token = host.token;
    Ok((server, client))
}

/// Microseconds until the whole answer is there, how many items it has, and where the next page begins.
fn ask(client: &mut Client, query: &str) -> Result<(u64, usize, Option<String>)> {
    let began = Instant::now();
    let answer = client.get(&format!("/api/discussions?{query}"))?;
    let took = u64::try_from(began.elapsed().as_micros())?;
    let page = answer.json()?;
    let items = page["items"].as_array().context("a page has items")?.len();
    Ok((took, items, page["next_cursor"].as_str().map(str::to_owned)))
}

fn searches(report: &mut Report, name: &str, client: &mut Client) -> Result<()> {
    let mut took: Vec<Vec<u64>> = vec![vec![]; SEARCHES.len()];
    for round in 0..=ROUNDS {
        for (query, took) in SEARCHES.iter().zip(&mut took) {
            let (us, items, _) = ask(client, query)?;
            ensure!((items == 0) == query.contains("nothing"), "{query} finds {items}");
            // The first round warms the caches.
            if round > 0 {
                took.push(us);
            }
        }
    }
    for (query, took) in SEARCHES.iter().zip(&mut took) {
        report.say(format!("{name}: {query}: p50 {:.1} ms", percentile(took, 0.5) / 1000.0));
    }
    let slowest = took.iter_mut().map(|took| percentile(took, 0.95)).fold(0.0, f64::max);
    let mut all = took.concat();
    let (p50, p95) = (percentile(&mut all, 0.5) / 1000.0, percentile(&mut all, 0.95) / 1000.0);
    report.row(Row::new(format!("{name}: a search, p50"), p50, "ms"));
    report.row(Row::new(format!("{name}: a search, p95"), p95, "ms").at_most(SEARCH_MS));
    report.row(Row::new(format!("{name}: the slowest kind of search, p95"), slowest / 1000.0, "ms").at_most(SEARCH_MS));
    Ok(())
}

fn pages(report: &mut Report, name: &str, client: &mut Client) -> Result<()> {
    let small = walk(client, "archived=all&limit=5")?;
    ensure!(small.len() == shelf::DISCUSSIONS / 5, "{} pages of five", small.len());
    let (mut first, mut last) = (small[..50].to_vec(), small[small.len() - 50..].to_vec());
    let (first, last) = (percentile(&mut first, 0.5) / 1000.0, percentile(&mut last, 0.5) / 1000.0);
    let row = Row::new(format!("{name}: page 1,000 of the history"), last, "ms");
    report.row(row.beside("page 1", first).ratio_at_most(1.5));
    let mut any = small;
    for query in ["archived=all&limit=50", "archived=all&limit=100"] {
        any.extend(walk(client, query)?);
    }
    report.row(
        Row::new(format!("{name}: any page, 5 to 100 rows, p95"), percentile(&mut any, 0.95) / 1000.0, "ms")
            .at_most(PAGE_MS),
    );
    let mut narrowed = vec![];
    for query in NARROWED.iter().cycle().take(NARROWED.len() * ROUNDS) {
        narrowed.push(ask(client, query)?.0);
    }
    let p95 = percentile(&mut narrowed, 0.95) / 1000.0;
    report.row(Row::new(format!("{name}: a page narrowed by voice, day, archive, p95"), p95, "ms").at_most(PAGE_MS));
    Ok(())
}

/// Every page of a list, in order.
fn walk(client: &mut Client, query: &str) -> Result<Vec<u64>> {
    let (mut took, mut cursor) = (vec![], String::new());
    loop {
        let (us, _, next) = ask(client, &format!("{query}{cursor}"))?;
        took.push(us);
        match next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(took),
        }
    }
}
