//! Reads environment variables one by one. The first that is wrong stops the start with one line that names it.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;

/// A variable that is not what it should be. Its value is told only where it cannot be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {problem}")]
pub struct ConfigError {
    pub variable: String,
    pub problem: String,
}

impl ConfigError {
    pub fn new(variable: &str, problem: impl Into<String>) -> Self {
        Self { variable: variable.to_owned(), problem: problem.into() }
    }
}

/// The environment, with `.env` below it.
pub struct Env {
    values: HashMap<String, String>,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl Env {
    pub fn new(values: HashMap<String, String>) -> Self {
        Self { values, asked: RefCell::default() }
    }

    /// The process's environment; what it lacks comes from `.env` in the working directory.
    pub fn of_process() -> Result<Self, ConfigError> {
        let mut values = HashMap::new();
        match dotenvy::from_filename_iter(".env") {
            Ok(lines) => {
                for line in lines {
                    // The line itself may hold a secret.
                    let wrong = |_| ConfigError::new(".env", "a line is not NAME=value; quote values with blanks");
                    let (name, value) = line.map_err(wrong)?;
                    values.insert(name, value);
                }
            }
            Err(error) if error.not_found() => {}
            Err(_) => return Err(ConfigError::new(".env", "cannot be read")),
        }
        values.extend(
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        );
        Ok(Self::new(values))
    }

    /// Names of the variables that were asked for: .env.example must have them all.
    pub fn asked(&self) -> Vec<&'static str> {
        self.asked.borrow().iter().copied().collect()
    }

    /// The value; an empty one counts as none.
    pub fn text(&self, name: &'static str) -> Option<&str> {
        self.asked.borrow_mut().insert(name);
        self.values.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    pub fn secret(&self, name: &'static str) -> Option<SecretString> {
        self.text(name).map(|value| SecretString::from(value.to_owned()))
    }

    /// A value that its type can read. `allowed` completes "must be …".
    pub fn parse<T: FromStr>(&self, name: &'static str, allowed: &str) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(ConfigError::new(name, format!("{} is not allowed; must be {allowed}", shown(text)))),
        }
    }

    /// A number between two others, or the default.
    pub fn number<T>(&self, name: &'static str, default: T, min: T, max: T) -> Result<T, ConfigError>
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let allowed = format!("a number from {min} to {max}");
        match self.parse::<T>(name, &allowed)? {
            Some(value) if value >= min && value <= max => Ok(value),
            Some(value) => Err(ConfigError::new(name, format!("{value} is not allowed; must be {allowed}"))),
            None => Ok(default),
        }
    }

    /// Milliseconds, or the default.
    pub fn millis(&self, name: &'static str, default: u64) -> Result<Duration, ConfigError> {
        self.number(name, default, 1, 3_600_000).map(Duration::from_millis)
    }

    pub fn flag(&self, name: &'static str) -> Result<Option<bool>, ConfigError> {
        match self.text(name).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("true" | "1" | "yes" | "on") => Ok(Some(true)),
            Some("false" | "0" | "no" | "off") => Ok(Some(false)),
            Some(other) => Err(ConfigError::new(name, format!("{} is not allowed; must be true or false", shown(other)))),
        }
    }

    /// A JSON array of strings or a list with commas.
    pub fn list(&self, name: &'static str) -> Result<Vec<String>, ConfigError> {
        let Some(text) = self.text(name) else { return Ok(vec![]) };
        if text.starts_with('[') {
            return serde_json::from_str(text)
                .map_err(|_| ConfigError::new(name, "is no JSON array of strings; must be [\"a\", \"b\"] or a, b"));
        }
        Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
    }
}

/// A value in an error: short, and on one line.
fn shown(text: &str) -> String {
    let short: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    format!("“{short}”")
}
