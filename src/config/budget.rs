//! What may be spent, and what things cost.

use super::env::{ConfigError, Env};
use crate::discussion::{Allowance, Limits};
use crate::llm::prices::{BUILT_IN, Prices};

pub fn limits(env: &Env) -> Result<Limits, ConfigError> {
    Ok(Limits {
        user_day: allowance(env, "MAX_TURNS_USER_DAY", "MAX_COST_USER_DAY")?,
        discussion: allowance(env, "MAX_TURNS_DISCUSSION", "MAX_COST_DISCUSSION")?,
        server_day: allowance(env, "MAX_TURNS_SERVER_DAY", "MAX_COST_SERVER_DAY")?,
    })
}

fn allowance(env: &Env, turns: &'static str, usd: &'static str) -> Result<Allowance, ConfigError> {
    Ok(Allowance { turns: env.number(turns, 0, 0, 1_000_000_000)?, usd: env.number(usd, 0.0, 0.0, 1e9)? })
}

pub fn prices(env: &Env) -> Result<Prices, ConfigError> {
    let wrong = |problem: String| ConfigError::new("PRICES_FILE", problem);
    let text = match env.text("PRICES_FILE") {
        Some(path) => std::fs::read_to_string(path).map_err(|error| wrong(format!("{path} cannot be read: {error}")))?,
        None => BUILT_IN.to_owned(),
    };
    Prices::parse(&text)
        .map_err(|error| wrong(format!("is no list of prices: {}", error.lines().next().unwrap_or_default())))
}
