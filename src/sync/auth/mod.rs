//! Who we are to a server: the header that a request carries. A token is asked for once, however many requests wait for it,
//! kept until shortly before its end, and asked for anew when the server turns a request away with 401.
//!
//! Tokens go to the server of the connection alone, and what proves who we are to the token address alone.

mod key;
mod scope;
mod token;

use std::time::Duration;

use reqwest::{
    Client, Url,
    header::{AUTHORIZATION, HeaderName, HeaderValue},
};
use tokio::{sync::Mutex, time::Instant};

pub(super) use key::Key;
pub(super) use scope::{allows, missing, wanted};
pub(super) use token::Smart;

use super::{
    SyncError,
    connection::{Auth, Connection},
    fault::Fault,
    secret::SecretPlace,
};
use crate::clock::Clock;
use token::Grant;

/// A header that says who we are.
pub(super) type Pass = (HeaderName, HeaderValue);

/// What was granted with the token at hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Granted {
    /// Scopes that were asked for.
    pub asked: Vec<String>,
    /// Scopes that were granted; none when the server did not say.
    pub scopes: Option<Vec<String>>,
    /// `RS384` or `ES384`, where a key was used.
    pub algorithm: Option<&'static str>,
}

/// The passes of a connection.
pub(super) struct Passes {
    way: Way,
    clock: Clock,
    held: Mutex<Option<Held>>,
}

enum Way {
    None,
    Header { name: HeaderName, prefix: &'static str, value: SecretPlace },
    Token(Box<Grant>),
}

struct Held {
    pass: Pass,
    /// When a fresh one is wanted; never for a fixed header.
    until: Option<Instant>,
    granted: Granted,
}

impl Passes {
    /// Reads what is needed, so that a missing or wrong file stops the start.
    pub(super) fn new(connection: &Connection, clock: Clock) -> Result<Self, SyncError> {
        let way = match &connection.auth {
            Auth::None => Way::None,
            Auth::Header { name, prefix, value } => {
                fixed(name, prefix, value)?;
                Way::Header { name: name.clone(), prefix, value: value.clone() }
            }
            Auth::Secret { .. } | Auth::Key { .. } => Way::Token(Box::new(Grant::new(connection)?)),
        };
        Ok(Self { way, clock, held: Mutex::new(None) })
    }

    /// The pass for the next request, if there has to be one.
    pub(super) async fn pass(&self, http: &Client, base: &Url) -> Result<Option<Pass>, Fault> {
        let mut held = self.held.lock().await;
        match held.as_ref().filter(|held| held.until.is_none_or(|until| Instant::now() < until)) {
            Some(held) => Ok(Some(held.pass.clone())),
            None => self.fetch(&mut held, http, base).await,
        }
    }

    /// The pass after one was turned away; the same again where there is no other.
    pub(super) async fn after_refusal(
        &self,
        refused: Option<&Pass>,
        http: &Client,
        base: &Url,
    ) -> Result<Option<Pass>, Fault> {
        let mut held = self.held.lock().await;
        // Another request was turned away before and fetched a fresh one.
        if let Some(held) = held.as_ref().filter(|held| Some(&held.pass) != refused) {
            return Ok(Some(held.pass.clone()));
        }
        *held = None;
        self.fetch(&mut held, http, base).await
    }

    /// What came with the token at hand; nothing without tokens.
    pub(super) async fn granted(&self) -> Option<Granted> {
        matches!(self.way, Way::Token(_)).then_some(())?;
        self.held.lock().await.as_ref().map(|held| held.granted.clone())
    }

    /// Whether tokens are used here.
    pub(super) fn by_token(&self) -> bool {
        matches!(self.way, Way::Token(_))
    }

    /// Whether nothing says who we are.
    pub(super) fn is_none(&self) -> bool {
        matches!(self.way, Way::None)
    }

    async fn fetch(&self, held: &mut Option<Held>, http: &Client, base: &Url) -> Result<Option<Pass>, Fault> {
        let fetched = match &self.way {
            Way::None => return Ok(None),
            Way::Header { name, prefix, value } => {
                let pass = fixed(name, prefix, value).map_err(|_| Fault::SecretUnreadable)?;
                Held { pass, until: None, granted: Granted::default() }
            }
            Way::Token(grant) => {
                let token = grant.ask(http, base, self.clock).await?;
                let life = token.life;
                // Shortly before its end, so that no request leaves with a token that dies on the way.
                let margin = (life / 10).min(Duration::from_secs(30));
                let pass = sensitive(AUTHORIZATION, &format!("Bearer {}", token.bearer.expose()));
                let pass = pass.ok_or(Fault::TokenUnclear)?;
                Held { pass, until: Some(Instant::now() + life.saturating_sub(margin)), granted: token.granted }
            }
        };
        let pass = fetched.pass.clone();
        *held = Some(fetched);
        Ok(Some(pass))
    }
}

fn fixed(name: &HeaderName, prefix: &str, value: &SecretPlace) -> Result<Pass, SyncError> {
    let secret = value.read()?;
    sensitive(name.clone(), &format!("{prefix}{}", secret.expose()))
        .ok_or_else(|| value.unreadable(std::io::ErrorKind::InvalidData))
}

fn sensitive(name: HeaderName, value: &str) -> Option<Pass> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}
