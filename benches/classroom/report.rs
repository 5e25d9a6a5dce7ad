//! The figures: each is printed when it is there, beside its baseline and its limit, and all of them once more at the end.

use std::fmt::Write;

/// Everything measured so far.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
    section: &'static str,
}

/// One figure.
pub struct Row {
    section: &'static str,
    what: String,
    value: f64,
    unit: &'static str,
    baseline: Option<(&'static str, f64)>,
    limit: Option<Limit>,
}

#[derive(Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
    /// Of the value over its baseline.
    RatioAtMost(f64),
}

impl Row {
    pub fn new(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { section: "", what: what.into(), value, unit, baseline: None, limit: None }
    }

    /// What was measured beside it in the same run.
    pub fn beside(mut self, name: &'static str, value: f64) -> Self {
        self.baseline = Some((name, value));
        self
    }

    pub fn at_most(mut self, limit: f64) -> Self {
        self.limit = Some(Limit::AtMost(limit));
        self
    }

    pub fn at_least(mut self, limit: f64) -> Self {
        self.limit = Some(Limit::AtLeast(limit));
        self
    }

    pub fn ratio_at_most(mut self, limit: f64) -> Self {
        self.limit = Some(Limit::RatioAtMost(limit));
        self
    }

    fn ratio(&self) -> Option<f64> {
        self.baseline.map(|(_, baseline)| self.value / baseline)
    }

    fn holds(&self) -> Option<bool> {
        Some(match self.limit? {
            Limit::AtMost(limit) => self.value <= limit,
            Limit::AtLeast(limit) => self.value >= limit,
            Limit::RatioAtMost(limit) => self.ratio().is_some_and(|ratio| ratio <= limit),
        })
    }

    fn line(&self) -> String {
        let mut line = format!("  {:<58} {:>10} {:<7}", self.what, number(self.value), self.unit);
        let beside = self.baseline.map(|(name, value)| format!("{name} {} = {:.2}x", number(value), self.value / value));
        let _ = write!(line, " {:<26}", beside.unwrap_or_default());
        match self.limit {
            Some(Limit::AtMost(limit)) => _ = write!(line, " at most {}", number(limit)),
            Some(Limit::AtLeast(limit)) => _ = write!(line, " at least {}", number(limit)),
            Some(Limit::RatioAtMost(limit)) => _ = write!(line, " at most {limit:.2}x"),
            None => {}
        }
        match self.holds() {
            Some(true) => line.push_str(": holds"),
            Some(false) => line.push_str(": ALARM"),
            None => {}
        }
        line.trim_end().to_owned()
    }
}

#[expect(clippy::print_stdout, reason = "the figures are what this program is for")]
impl Report {
    pub fn section(&mut self, name: &'static str) {
        self.section = name;
        println!("\n{name}");
    }

    pub fn row(&mut self, row: Row) {
        let row = Row { section: self.section, ..row };
        println!("{}", row.line());
        self.rows.push(row);
    }

    /// A plain line: what was left out and why, or how something was measured.
    pub fn say(&self, line: impl AsRef<str>) {
        println!("  {}", line.as_ref());
    }

    /// All figures once more.
    pub fn summary(&self) {
        println!("\nSummary");
        let mut section = "";
        for row in &self.rows {
            if row.section != section {
                section = row.section;
                println!(" {section}");
            }
            println!("{}", row.line());
        }
        let broken: Vec<&Row> = self.rows.iter().filter(|row| row.holds() == Some(false)).collect();
        let kept = self.rows.iter().filter(|row| row.holds() == Some(true)).count();
        println!("\n{kept} limits hold, {} are broken.", broken.len());
        for row in broken {
            println!("ALARM: {}: {}", row.section, row.line().trim_start());
        }
    }
}

/// Enough digits to compare, no more.
fn number(value: f64) -> String {
    match value.abs() {
        v if v >= 1000.0 => format!("{value:.0}"),
        v if v >= 100.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The value below which `share` of all lie; sorts them.
pub fn percentile(values: &mut [u64], share: f64) -> f64 {
    values.sort_unstable();
    let at = ((values.len() as f64 * share) as usize).min(values.len().saturating_sub(1));
    values.get(at).map_or(f64::NAN, |value| *value as f64)
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
