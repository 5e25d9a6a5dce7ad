//! Each variable of .env.example is read, each wrong value is named.

use std::collections::HashMap;

use super::*;

fn read(values: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(&Env::new(values.collect::<HashMap<_, _>>()))
}

#[test]
fn nothing_has_to_be_configured() {
    let config = read(&[]).expect("the defaults are right");
    assert_eq!((config.host.to_string().as_str(), config.port), ("127.0.0.1", 8000));
    assert!(config.llm.providers.is_empty() && config.guest_access);
    assert_eq!(config.registration, Registration::Open);
}

#[test]
fn a_wrong_value_is_named_with_what_is_allowed() {
    let wrong = [
        ("PORT", "abc"),
        ("PORT", "70000"),
        ("HOST", "no such host"),
        ("PUBLIC_URL", "example"),
        ("DATABASE_URL", "mysql://x"),
        ("CORS_ORIGINS", "[\"a\""),
        ("CORS_ORIGINS", "*"),
        ("DELTA_INTERVAL_MS", "fast"),
        ("DEMO_WORDS_PER_SECOND", "-1"),
        ("DEMO_WORDS_PER_SECOND", "NaN"),
        ("GUEST_ACCESS", "maybe"),
        ("REGISTRATION", "all"),
        ("LLM_PROVIDERS", "gemini"),
        ("LLM_PROVIDERS", "anthropic"),
        ("TRUSTED_PROXIES", "proxy"),
        ("CLIENT_ADDRESS_HEADER", "no name"),
        ("CLIENT_ADDRESS_HEADER", "Fly-Client-IP"),
        ("MAX_FRAME_BYTES", "0"),
        ("RATE_LIMIT_COMMAND", "0"),
        ("LOG_FORMAT", "xml"),
        ("JWT_SECRET", "short"),
        ("REDIS_URL", "redis://x"),
        ("ADMIN_EMAILS", "ada"),
        ("SMTP_URL", "smtp://mail.example.org"),
        ("SUPABASE_KEY", "sb_secret_x"),
        ("ANTHROPIC_BASE_URL", "ftp://x"),
        ("LLM_TURN_TIMEOUT_MS", "0"),
    ];
    for (name, value) in wrong {
        let error = read(&[(name, value), ("MAIL_FROM", "chatlab@example.org")]).expect_err(name);
        assert_eq!(error.variable, name, "{value}");
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn a_secret_is_never_told() {
    let secret = "s3cret with blanks";
    for name in ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "EXTERNAL_API_KEY", "JWT_SECRET", "DATABASE_URL"] {
        if let Err(error) = read(&[(name, secret)]) {
            assert!(!error.to_string().contains("s3cret"), "{name}");
        }
    }
    let config = read(&[("ANTHROPIC_API_KEY", "sk-canary"), ("JWT_SECRET", &"canary".repeat(6))]).expect("well");
    assert!(!format!("{config:?}").contains("canary"));
}

#[test]
fn providers_come_in_the_order_named() {
    let both = [("ANTHROPIC_API_KEY", "a"), ("EXTERNAL_API_BASE_URL", "http://localhost:11434/v1")];
    let kinds = |config: Config| config.llm.providers.iter().map(|provider| provider.kind).collect::<Vec<_>>();
    use crate::llm::ProviderKind::{Anthropic, External};
    assert_eq!(kinds(read(&both).expect("well")), [Anthropic, External]);
    let named = [both.as_slice(), &[("LLM_PROVIDERS", "external, anthropic")]].concat();
    assert_eq!(kinds(read(&named).expect("well")), [External, Anthropic]);
}

#[test]
fn an_open_house_with_a_paid_model_asks_for_the_owners_link() {
    let config = read(&[("HOST", "0.0.0.0"), ("OPENAI_API_KEY", "k")]).expect("well");
    assert!(!config.guest_access);
    assert_eq!(config.registration, Registration::Invite);
    assert!(read(&[("HOST", "0.0.0.0")]).expect("well").guest_access);
}

#[test]
fn the_example_file_names_every_variable() {
    let env = Env::new(HashMap::new());
    Config::read(&env).expect("the defaults are right");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/.env.example");
    let example = std::fs::read_to_string(path).expect(".env.example is there");
    let name = |line: &str| {
        let (name, _) = line.trim_start_matches(['#', ' ']).split_once('=')?;
        (!name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit()))
            .then(|| name.to_owned())
    };
    let mut written: Vec<String> = example.lines().filter_map(name).collect();
    written.sort();
    written.dedup();
    assert_eq!(written, env.asked());
}
