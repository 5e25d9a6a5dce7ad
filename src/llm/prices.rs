//! What models cost, from a dated list.

use serde::Deserialize;

use crate::domain::message::Usage;

/// The list that comes with ChatLab.
pub const BUILT_IN: &str = include_str!("../../prices.toml");

/// Prices in US dollars for a million tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The day of the list.
    pub as_of: String,
    unlisted: Price,
    #[serde(default)]
    model: Vec<Listed>,
}

#[derive(Debug, Clone, Deserialize)]
struct Listed {
    /// Stands for every model that begins with it.
    name: String,
    #[serde(flatten)]
    price: Price,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Price {
    input: f64,
    cache_read: f64,
    cache_write: f64,
    output: f64,
}

impl Price {
    #[expect(clippy::cast_precision_loss, reason = "tokens are far below 2^52")]
    fn of(self, usage: &Usage) -> f64 {
        let parts = [
            (usage.input_tokens, self.input),
            (usage.cache_read_tokens, self.cache_read),
            (usage.cache_write_tokens, self.cache_write),
            (usage.output_tokens, self.output),
        ];
        parts.iter().map(|(tokens, price)| *tokens as f64 * price / 1e6).sum()
    }
}

impl Prices {
    /// Reads a list; the error says where it is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }

    /// By the list; `None`: it does not name the model.
    pub fn cost(&self, usage: &Usage) -> Option<f64> {
        let named = self.model.iter().filter(|listed| usage.model.starts_with(&listed.name));
        Some(named.max_by_key(|listed| listed.name.len())?.price.of(usage))
    }

    /// What a limit reckons with, whether the model is listed or not.
    pub fn reckon(&self, usage: &Usage) -> f64 {
        self.cost(usage).unwrap_or_else(|| self.unlisted.of(usage))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_counts_and_an_unknown_model_has_no_price() {
        let prices = Prices::parse(BUILT_IN).expect("the built-in list reads");
        let usage = |model: &str| Usage {
            model: model.to_owned(),
            input_tokens: 1_000_000,
            output_tokens: 100_000,
            ..Usage::default()
        };
        let close = |cost: Option<f64>, wanted: f64| cost.is_some_and(|cost| (cost - wanted).abs() < 1e-9);
        assert!(close(prices.cost(&usage("gpt-4o-mini-2024")), 0.21));
        assert!(close(prices.cost(&usage("gpt-4o-2024")), 3.5));
        assert!(close(prices.cost(&usage("claude-sonnet-5-5")), 3.0));
        assert!(close(prices.cost(&usage("gpt-6-luna")), 0.15));
        assert_eq!(prices.cost(&usage("llama")), None);
        assert!(prices.reckon(&usage("llama")) > 0.0);
        assert!(Prices::parse("as_of = 1").is_err());
    }
}
