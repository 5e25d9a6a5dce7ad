//! Somebody who signs tokens: keys, their address, and the code flow of a provider of sign-in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone)]
pub struct SigningKey {
    pub kid: String,
    pub algorithm: Algorithm,
    pub encoding: EncodingKey,
    pub jwk: Value,
}

impl SigningKey {
    pub fn ec(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let encoding = EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref());
        Self::of(kid, Algorithm::ES256, encoding)
    }

    pub fn rsa(kid: &str) -> Self {
        let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: aws_lc_rs::encoding::Pkcs8V1Der = pair.as_der().unwrap();
        let body = STANDARD.encode(der.as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        Self::of(kid, Algorithm::RS256, EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap())
    }

    fn of(kid: &str, algorithm: Algorithm, encoding: EncodingKey) -> Self {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&encoding, algorithm).unwrap()).unwrap();
        jwk["kid"] = json!(kid);
        Self { kid: kid.to_owned(), algorithm, encoding, jwk }
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(self.header(), claims)
    }

    pub fn header(&self) -> Header {
        Header { kid: Some(self.kid.clone()), ..Header::new(self.algorithm) }
    }

    pub fn sign_with(&self, header: Header, claims: &Value) -> String {
        encode(&header, claims, &self.encoding).unwrap()
    }
}

#[derive(Default)]
struct Inner {
    keys: Vec<SigningKey>,
    asked: Vec<String>,
    down: bool,
    codes: HashMap<String, Given>,
}

/// What a code is exchanged for, if the rest is as it was at the beginning.
struct Given {
    challenge: String,
    redirect: String,
    id_token: String,
}

#[derive(Clone)]
pub struct Issuer {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

pub const CLIENT_SECRET: &str = "the client's secret";

impl Issuer {
    pub async fn start(keys: Vec<SigningKey>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Mutex::new(Inner { keys, ..Inner::default() }));
        let issuer = Self { url, inner };
        let serving = issuer.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let issuer = serving.clone();
                tokio::spawn(async move { issuer.answer(stream).await });
            }
        });
        issuer
    }

    pub fn rotate(&self, keys: Vec<SigningKey>) {
        self.inner.lock().unwrap().keys = keys;
    }

    /// From now on every question is answered 503.
    pub fn fail(&self) {
        self.inner.lock().unwrap().down = true;
    }

    /// The paths that were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.inner.lock().unwrap().asked.clone()
    }

    /// Somebody agrees to what the browser was sent with: the code for it.
    pub fn consent(&self, sent: &HashMap<String, String>, id_token: String) -> String {
        let mut inner = self.inner.lock().unwrap();
        let code = format!("code-{}", inner.codes.len());
        let given = Given { challenge: sent["code_challenge"].clone(), redirect: sent["redirect_uri"].clone(), id_token };
        inner.codes.insert(code.clone(), given);
        code
    }

    async fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        let body = loop {
            let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
            request.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&request).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let head = head.to_lowercase();
            let length = head.split_once("content-length: ").map_or("0", |(_, rest)| rest.lines().next().unwrap_or("0"));
            if body.len() >= length.trim().parse::<usize>().ok()? {
                break body.to_owned();
            }
        };
        let text = String::from_utf8_lossy(&request).into_owned();
        let path = text.split(' ').nth(1)?.to_owned();
        let (status, json) = self.reply(&path, &body);
        let json = json.to_string();
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            json.len()
        );
        stream.write_all(format!("{head}{json}").as_bytes()).await.ok()
    }

    fn reply(&self, path: &str, body: &str) -> (u16, Value) {
        let mut inner = self.inner.lock().unwrap();
        inner.asked.push(path.to_owned());
        if inner.down {
            return (503, json!({}));
        }
        if path.ends_with("/jwks.json") {
            let keys: Vec<&Value> = inner.keys.iter().map(|key| &key.jwk).collect();
            return (200, json!({"keys": keys}));
        }
        if let Some(base) = path.strip_suffix("/.well-known/openid-configuration") {
            let issuer = format!("{}{base}", self.url);
            let at = |end: &str| format!("{}/{end}", self.url);
            return (
                200,
                json!({
                    "issuer": issuer, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
                    "jwks_uri": at("jwks.json"),
                }),
            );
        }
        if path == "/token" {
            let form: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            let verified = inner.codes.remove(&form["code"]).filter(|given| {
                given.challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()))
                    && given.redirect == form["redirect_uri"]
                    && form["client_secret"] == CLIENT_SECRET
            });
            return match verified {
                Some(given) => (200, json!({"access_token": "x", "token_type": "Bearer", "id_token": given.id_token})),
                None => (400, json!({"error": "invalid_grant"})),
            };
        }
        (404, json!({}))
    }
}
