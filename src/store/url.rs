//! Which database: `DATABASE_URL`, parsed once.

use std::fmt;
use std::net::{IpAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::error::OpenError;

/// Where everything is kept.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file, by its absolute path.
    Sqlite(PathBuf),
    /// As libpq takes it; it may hold a password.
    Postgres(SecretString),
}

/// A text that is no `DATABASE_URL`. Says what is allowed and nothing of the text, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    #[error("must begin with sqlite:// or postgres://, e.g. sqlite://chatlab.db")]
    Scheme,
    #[error("names no file: sqlite://chatlab.db is one in the working directory, sqlite:////data/app.db an absolute path")]
    NoFile,
    #[error("takes a path without options behind a `?`")]
    Options,
    #[error("is no Postgres URL: it looks like postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    Postgres,
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    /// `sqlite://x` and `sqlite:///./x` are relative, `sqlite:///x` and `sqlite:////x` absolute.
    fn from_str(text: &str) -> Result<Self, DatabaseUrlError> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            return parse_path(path).map(Self::Sqlite);
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(DatabaseUrlError::Scheme);
        }
        let url = Url::parse(text).map_err(|_| DatabaseUrlError::Postgres)?;
        match hosts(&url).is_empty() {
            true => Err(DatabaseUrlError::Postgres),
            false => Ok(Self::Postgres(text.to_owned().into())),
        }
    }
}

fn parse_path(path: &str) -> Result<PathBuf, DatabaseUrlError> {
    if path.contains('?') {
        return Err(DatabaseUrlError::Options);
    }
    let relative = path.starts_with("/./") || path.starts_with("/../");
    let path = if relative || path.starts_with("//") { &path[1..] } else { path };
    if path.is_empty() || path.ends_with('/') || path == ":memory:" {
        return Err(DatabaseUrlError::NoFile);
    }
    // Absolute, so that SQLite never takes a name such as `file:x` for one of its own URIs.
    std::path::absolute(path).map_err(|_| DatabaseUrlError::NoFile)
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "Sqlite({})", path.display()),
            Self::Postgres(_) => f.write_str("Postgres([REDACTED])"),
        }
    }
}

impl DatabaseUrl {
    /// The SQLite file, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }

    /// As it is connected to. Nothing goes to a Postgres outside private networks in clear: such a host needs a build with
    /// TLS, and uses it. A server that has gone silent is noticed in seconds, unless the URL says otherwise.
    pub(super) fn guarded(&self) -> Result<Self, OpenError> {
        let Self::Postgres(text) = self else { return Ok(self.clone()) };
        let mut url = Url::parse(text.expose_secret()).expect("parsed when it was read");
        for host in hosts(&url) {
            if !is_private(&host).map_err(|error| OpenError::UnknownHost(host.clone(), error))? {
                insist_on_tls(&mut url, host)?;
            }
        }
        for (key, value) in [("connect_timeout", "5"), ("tcp_user_timeout", "10000")] {
            if option(&url, key).is_none() {
                url.query_pairs_mut().append_pair(key, value);
            }
        }
        Ok(Self::Postgres(url.to_string().into()))
    }
}

/// An option in the URL's query; libpq takes the last one.
fn option(url: &Url, key: &str) -> Option<String> {
    url.query_pairs().filter(|pair| pair.0 == key).map(|pair| pair.1.into_owned()).last()
}

fn insist_on_tls(url: &mut Url, host: String) -> Result<(), OpenError> {
    if !cfg!(feature = "pg-tls") {
        return Err(OpenError::NeedsTls(host));
    }
    match option(url, "sslmode").as_deref() {
        Some("require" | "verify-ca" | "verify-full") => Ok(()),
        Some(weak) => Err(OpenError::WeakTls(host, weak.to_owned())),
        None => {
            // libpq's default would fall back to clear text.
            url.query_pairs_mut().append_pair("sslmode", "require");
            Ok(())
        }
    }
}

/// Every host that libpq would try: the URL's own and those in its query.
fn hosts(url: &Url) -> Vec<String> {
    let named = url.query_pairs().filter(|(key, _)| matches!(&**key, "host" | "hostaddr")).map(|(_, value)| value);
    let mut hosts: Vec<String> = named.flat_map(|value| value.split(',').map(str::to_owned).collect::<Vec<_>>()).collect();
    hosts.extend(url.host_str().into_iter().flat_map(|host| host.split(',')).map(str::to_owned));
    hosts.retain(|host| !host.is_empty());
    hosts
}

/// A socket in the file system, this machine, or addresses that are not routed on the internet.
fn is_private(host: &str) -> std::io::Result<bool> {
    let host = percent_decoded(host);
    if host.starts_with('/') {
        return Ok(true);
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    Ok((bare, 0).to_socket_addrs()?.all(|address| is_private_address(address.ip())))
}

/// A socket's folder stands in a URL as `%2Fvar%2Frun`.
fn percent_decoded(host: &str) -> String {
    host.replace("%2F", "/").replace("%2f", "/")
}

fn is_private_address(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]);
            v4.is_loopback() || v4.is_private() || v4.is_link_local() || shared
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(url: &str) -> PathBuf {
        url.parse::<DatabaseUrl>().expect("a URL").file().expect("a file").to_owned()
    }

    #[test]
    fn two_slashes_and_a_dot_are_relative_more_are_absolute() {
        let here = std::env::current_dir().expect("a working directory");
        assert_eq!(path("sqlite://chatlab.db"), here.join("chatlab.db"));
        assert_eq!(path("sqlite://data/app.db"), here.join("data/app.db"));
        assert_eq!(path("sqlite:///./chatlab.db"), here.join("chatlab.db"));
        assert_eq!(path("sqlite:///data/app.db"), Path::new("/data/app.db"));
        assert_eq!(path("sqlite:////data/app.db"), Path::new("/data/app.db"));
        assert_eq!(path("sqlite://file:x"), here.join("file:x"));
    }

    #[test]
    fn what_is_no_url_is_told_without_repeating_it() {
        let error = |text: &str| text.parse::<DatabaseUrl>().expect_err("no URL");
        for text in ["sqlite://", "sqlite:///", "sqlite://:memory:", "sqlite://data/"] {
            assert_eq!(error(text), DatabaseUrlError::NoFile, "{text}");
        }
        assert_eq!(error("sqlite://x?mode=ro"), DatabaseUrlError::Options);
        for text in ["", "chatlab.db", "mysql://u:secret@h/d", "sqlite:x"] {
            assert_eq!(error(text), DatabaseUrlError::Scheme, "{text}");
        }
        for text in ["postgres://", "postgres:///db", "postgres://u:se cret@/db"] {
            assert_eq!(error(text), DatabaseUrlError::Postgres, "{text}");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let url: DatabaseUrl = "postgres://ada:hunter2@localhost/chatlab".parse().expect("a URL");
        assert!(!format!("{url:?}").contains("hunter2"));
    }

    #[test]
    fn only_private_hosts_are_private() {
        for host in ["127.0.0.1", "::1", "[fd00::1]", "10.1.2.3", "192.168.0.9", "100.64.0.1", "/var/run", "localhost"] {
            assert!(is_private(host).expect("an address"), "{host}");
        }
        for host in ["8.8.8.8", "2001:4860:4860::8888", "100.128.0.1", "172.32.0.1"] {
            assert!(!is_private(host).expect("an address"), "{host}");
        }
    }

    #[test]
    fn a_public_host_hides_behind_no_other() {
        for url in
            ["postgres://u@10.0.0.1/d?host=8.8.8.8", "postgres://u@10.0.0.1/d?hostaddr=8.8.8.8", "postgres://u@8.8.8.8/d"]
        {
            let url: DatabaseUrl = url.parse().expect("a URL");
            let guarded = url.guarded();
            match cfg!(feature = "pg-tls") {
                false => assert!(matches!(guarded, Err(OpenError::NeedsTls(host)) if host == "8.8.8.8")),
                true => assert!(
                    matches!(guarded, Ok(DatabaseUrl::Postgres(url)) if url.expose_secret().contains("sslmode=require"))
                ),
            }
        }
    }
}
