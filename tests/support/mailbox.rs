//! A server that takes letters by SMTP, as much of it as one letter needs.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};

pub struct Letter {
    pub to: String,
    pub text: String,
}

impl Letter {
    /// The secret of the link in it: 64 hexadecimal digits behind `#`. Long lines come broken, with `=` at the break.
    pub fn secret(&self) -> String {
        let text = self.text.replace("=\r\n", "").replace("=\n", "");
        let (_, rest) = text.split_once('#').expect("a link");
        rest.chars().take_while(char::is_ascii_hexdigit).collect()
    }
}

pub struct Mailbox {
    port: u16,
    letters: Mutex<mpsc::UnboundedReceiver<Letter>>,
}

impl Mailbox {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, letters) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, sender.clone()));
            }
        });
        Self { port, letters: Mutex::new(letters) }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub async fn next(&self) -> Letter {
        let mut letters = self.letters.lock().await;
        tokio::time::timeout(Duration::from_secs(20), letters.recv()).await.expect("a letter comes").unwrap()
    }
}

async fn converse(stream: TcpStream, sender: mpsc::UnboundedSender<Letter>) -> Option<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    let (mut to, mut text) = (String::new(), String::new());
    writing.write_all(b"220 mailbox\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let answer: &[u8] = if line.starts_with("DATA") {
            writing.write_all(b"354 go on\r\n").await.ok()?;
            while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                text.push_str(&line);
                text.push('\n');
            }
            sender.send(Letter { to: std::mem::take(&mut to), text: std::mem::take(&mut text) }).ok()?;
            b"250 taken\r\n"
        } else if let Some(rest) = line.strip_prefix("RCPT TO:<") {
            to = rest.split('>').next()?.to_owned();
            b"250 well\r\n"
        } else if line.starts_with("QUIT") {
            b"221 bye\r\n"
        } else {
            b"250 well\r\n"
        };
        writing.write_all(answer).await.ok()?;
    }
    Some(())
}
