//! Whether phones can open the address that is shared.

use std::net::IpAddr;

/// What keeps phones from opening this address, in plain words with what to do; empty if nothing does.
pub fn warnings(scheme: &str, host: &str) -> Vec<String> {
    let bare = host.trim_matches(['[', ']']);
    let address: Option<IpAddr> = bare.parse().ok();
    let name = bare.trim_end_matches('.').to_ascii_lowercase();
    let own_machine = match address {
        Some(address) => address.is_loopback() || address.is_unspecified(),
        None => name == "localhost" || name.ends_with(".localhost"),
    };
    if own_machine {
        return vec![format!(
            "Phones cannot open {host}: that address means this computer alone. Start ChatLab with “make class” \
             (HOST=0.0.0.0), or set PUBLIC_URL to an address that phones can reach, and share again."
        )];
    }
    let local = match address {
        Some(IpAddr::V4(v4)) => v4.is_private() || v4.is_link_local(),
        Some(IpAddr::V6(v6)) => v6.is_unique_local() || v6.is_unicast_link_local(),
        None => !name.contains('.') || [".local", ".lan", ".home.arpa", ".internal"].iter().any(|end| name.ends_with(end)),
    };
    if scheme != "https" && !local {
        return vec![format!(
            "The address is not encrypted (http). On the open internet many phones warn of it or refuse it: put ChatLab \
             behind HTTPS (docs/deploy.md) and set PUBLIC_URL to https://{host}."
        )];
    }
    vec![]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_phones_cannot_open_is_told_with_what_to_do() {
        for (scheme, host) in [("http", "127.0.0.1"), ("http", "localhost"), ("https", "[::1]"), ("http", "0.0.0.0")] {
            assert!(warnings(scheme, host)[0].contains("make class"), "{host}");
        }
        for (scheme, host) in [("http", "chatlab.example.org"), ("http", "203.0.113.7")] {
            assert!(warnings(scheme, host)[0].contains("HTTPS"), "{host}");
        }
        for (scheme, host) in
            [("http", "192.168.1.20"), ("https", "chatlab.example.org"), ("http", "laptop.local"), ("http", "[fd00::5]")]
        {
            assert!(warnings(scheme, host).is_empty(), "{host}");
        }
    }
}
