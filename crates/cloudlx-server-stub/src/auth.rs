//! Authentication: the clients that the stub knows, and the tokens that it has issued.
//!
//! Secrets are `SecretString`s, and types with tokens have no `Debug`, so that neither can be printed by accident.

pub(crate) mod control_access;

use std::collections::{HashMap, VecDeque};
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloudlx_model::{AccessToken, AccessTokenRequest, Endpoint};
use secrecy::{ExposeSecret, SecretString};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::Clock;
use crate::lock::locked;

/// How many tokens of each kind are kept. Beyond that, the oldest is removed, as if it had expired.
pub(crate) const TOKENS_KEPT: usize = 10_000;

/// The random bytes of a token.
const TOKEN_BYTES: usize = 20;

/// The hex digits that a token is written in: the 40 characters of the samples (sibling).
pub(crate) const TOKEN_DIGITS: usize = 2 * TOKEN_BYTES;

/// The clients that may request tokens: at least one.
pub(crate) struct Clients {
    pub(crate) first: Client,
    others: Vec<Client>,
}

/// A client that may request tokens.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: Arc<str>,
    pub(crate) secret: SecretString,
    pub(crate) rights: Rights,
}

/// What a client may do. That permissions are those of the portal user behind a token is from a sibling page, and that
/// one without the right to create is answered 403 is inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rights {
    /// Read and create.
    All,
    /// Read.
    Read,
}

/// Who makes a call: the client that its token was given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) client_id: Arc<str>,
    pub(crate) rights: Rights,
}

impl Clients {
    /// These clients, or `stub` with the secret `stub` when there are none.
    pub(crate) fn or_default(clients: Vec<Client>) -> Self {
        let mut clients = clients.into_iter();
        let first = clients.next().unwrap_or_else(|| Client {
            id: "stub".into(),
            secret: "stub".into(),
            rights: Rights::All,
        });
        Self { first, others: clients.collect() }
    }

    /// The client with this id and this secret. Takes the same time whichever part is wrong, if it is as long as the right one.
    pub(crate) fn find(&self, id: &str, secret: &SecretString) -> Option<Caller> {
        let secret = secret.expose_secret().as_bytes();
        let none = (Choice::from(0), 0_u64);
        let (known, position) = self.all().zip(0..).fold(none, |(known, found), (client, position)| {
            let same_id = client.id.as_bytes().ct_eq(id.as_bytes());
            let same = same_id & client.secret.expose_secret().as_bytes().ct_eq(secret);
            (known | same, u64::conditional_select(&found, &position, same))
        });
        let client = self.all().zip(0..).find(|(_, place)| bool::from(known) && *place == position);
        client.map(|(client, _)| Caller { client_id: Arc::clone(&client.id), rights: client.rights })
    }

    /// The secrets of all clients.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.all().map(|client| client.secret.expose_secret())
    }

    fn all(&self) -> impl Iterator<Item = &Client> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

/// How long tokens are valid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lifetimes {
    pub(crate) access: Duration,
    pub(crate) refresh: Duration,
}

/// The tokens that a process has issued and that have not expired.
pub(crate) struct Tokens {
    clock: Clock,
    lifetimes: Lifetimes,
    issued: Mutex<Issued>,
}

#[derive(Default)]
struct Issued {
    access: TokenTable,
    refresh: TokenTable,
}

/// Tokens of one kind. All are valid for the same time, so they expire in the order in which they were issued.
#[derive(Default)]
struct TokenTable {
    grants: HashMap<Arc<str>, Grant>,
    oldest_first: VecDeque<Arc<str>>,
}

struct Grant {
    caller: Caller,
    expires_at: Duration,
    revoked: bool,
}

/// What a token is valid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// Calls.
    Access,
    /// New tokens. It stays valid until it expires: no page says that it is valid for one refresh only (inferred).
    Refresh,
}

/// Why a caller is not authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    #[error(
        "expected the header `Authorization: Bearer <access_token>`, found none: get a token from POST {}",
        AccessTokenRequest::PATH
    )]
    Missing,
    #[error(
        "expected `Authorization: Bearer <access_token>`, found an Authorization header of another form: \
         write the word Bearer, a space and the token"
    )]
    NotBearer,
    #[error(
        "expected a token that this server gave out, found one that it does not know or no longer knows: get a new one \
         from POST {}",
        AccessTokenRequest::PATH
    )]
    Unknown,
    #[error(
        "expected a live token, found one that has expired: get a new one from POST {}",
        AccessTokenRequest::PATH
    )]
    Expired,
    #[error(
        "expected a live token, found one that was revoked: get a new one from POST {}",
        AccessTokenRequest::PATH
    )]
    Revoked,
}

impl Tokens {
    pub(crate) fn new(clock: Clock, lifetimes: Lifetimes) -> Self {
        Self { clock, lifetimes, issued: Mutex::default() }
    }

    /// Adds a new pair.
    pub(crate) fn add(&self, pair: &AccessToken, caller: &Caller) {
        let now = self.clock.now();
        let mut issued = locked(&self.issued);
        issued.access.add(pair.access_token.expose_secret(), caller, now, self.lifetimes.access);
        issued.refresh.add(pair.refresh_token.expose_secret(), caller, now, self.lifetimes.refresh);
    }

    /// The caller that a live token was issued to.
    pub(crate) fn find(&self, kind: TokenKind, token: &str) -> Result<Caller, TokenError> {
        let issued = locked(&self.issued);
        let table = match kind {
            TokenKind::Access => &issued.access,
            TokenKind::Refresh => &issued.refresh,
        };
        table.find(token, self.clock.now()).map(|grant| grant.caller.clone())
    }

    /// Removes all tokens, and returns the numbers of access tokens and of refresh tokens.
    pub(crate) fn remove_all(&self) -> (usize, usize) {
        let issued = std::mem::take(&mut *locked(&self.issued));
        (issued.access.grants.len(), issued.refresh.grants.len())
    }

    /// Revokes an access token or a refresh token. False when no live token is the same.
    ///
    /// The other token of its pair stays valid (inferred: no page describes revoking).
    pub(crate) fn revoke(&self, token: &str) -> bool {
        let now = self.clock.now();
        let mut issued = locked(&self.issued);
        let Issued { access, refresh } = &mut *issued;
        let grant = access.grants.get_mut(token).or_else(|| refresh.grants.get_mut(token));
        match grant.filter(|grant| !grant.revoked && now < grant.expires_at) {
            Some(grant) => {
                grant.revoked = true;
                true
            }
            None => false,
        }
    }

    /// Revokes all tokens, and returns the numbers of access tokens and of refresh tokens, expired ones included.
    pub(crate) fn revoke_all(&self) -> (usize, usize) {
        let mut issued = locked(&self.issued);
        let Issued { access, refresh } = &mut *issued;
        for grant in access.grants.values_mut().chain(refresh.grants.values_mut()) {
            grant.revoked = true;
        }
        (access.grants.len(), refresh.grants.len())
    }
}

impl TokenTable {
    /// Adds a new token, and removes expired ones and those beyond the limit.
    fn add(&mut self, token: &str, caller: &Caller, now: Duration, lifetime: Duration) {
        while let Some(oldest) = self.oldest_first.front() {
            let expired = self.grants.get(oldest).is_none_or(|grant| grant.expires_at <= now);
            if !expired && self.oldest_first.len() < TOKENS_KEPT {
                break;
            }
            self.grants.remove(oldest);
            self.oldest_first.pop_front();
        }
        let token: Arc<str> = token.into();
        let grant =
            Grant { caller: caller.clone(), expires_at: now.saturating_add(lifetime), revoked: false };
        self.grants.insert(Arc::clone(&token), grant);
        self.oldest_first.push_back(token);
    }

    /// The grant behind a live token. The look-up uses a hash with a random key, so that its duration reveals nothing about the
    /// other tokens.
    fn find(&self, token: &str, now: Duration) -> Result<&Grant, TokenError> {
        let grant = self.grants.get(token).ok_or(TokenError::Unknown)?;
        if now >= grant.expires_at {
            return Err(TokenError::Expired);
        }
        if grant.revoked { Err(TokenError::Revoked) } else { Ok(grant) }
    }
}

/// A new pair of tokens.
///
/// # Errors
///
/// When the system cannot supply random bytes.
pub(crate) fn new_pair(lifetimes: Lifetimes) -> Result<AccessToken, getrandom::Error> {
    Ok(AccessToken::new(random_token()?, "Bearer", lifetimes.access.as_secs(), random_token()?))
}

/// The token that an `Authorization` header carries.
pub(crate) fn bearer(authorization: Option<&str>) -> Result<&str, TokenError> {
    let (scheme, token) =
        authorization.ok_or(TokenError::Missing)?.split_once(' ').ok_or(TokenError::NotBearer)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(TokenError::NotBearer) }
}

fn random_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().fold(String::with_capacity(TOKEN_DIGITS), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIMES: Lifetimes =
        Lifetimes { access: Duration::from_mins(1), refresh: Duration::from_mins(10) };

    fn tokens(clock: &Clock) -> Tokens {
        Tokens::new(clock.clone(), LIFETIMES)
    }

    fn issue(tokens: &Tokens) -> AccessToken {
        let pair = new_pair(LIFETIMES).unwrap();
        tokens.add(&pair, &caller("stub"));
        pair
    }

    fn access(tokens: &Tokens, token: &AccessToken) -> Result<Caller, TokenError> {
        tokens.find(TokenKind::Access, token.access_token.expose_secret())
    }

    fn refresh(tokens: &Tokens, token: &AccessToken) -> Result<Caller, TokenError> {
        tokens.find(TokenKind::Refresh, token.refresh_token.expose_secret())
    }

    fn caller(id: &str) -> Caller {
        Caller { client_id: id.into(), rights: Rights::All }
    }

    #[test]
    fn headers_of_another_form_are_distinguished() {
        assert_eq!(bearer(None), Err(TokenError::Missing));
        assert_eq!(bearer(Some("Basic c3R1YjpzdHVi")), Err(TokenError::NotBearer));
        assert_eq!(bearer(Some("0123")), Err(TokenError::NotBearer));
        assert_eq!(bearer(Some("Bearer ")), Ok(""));
        assert_eq!(bearer(Some("Bearer 0123")), Ok("0123"));
        assert_eq!(bearer(Some("bearer  0123")), Ok("0123"));
    }

    #[test]
    fn a_token_is_valid_for_its_kind_only() {
        let tokens = tokens(&Clock::new());
        let token = issue(&tokens);
        assert_eq!(access(&tokens, &token), Ok(caller("stub")));
        assert_eq!(refresh(&tokens, &token), Ok(caller("stub")));
        assert_eq!(
            tokens.find(TokenKind::Access, token.refresh_token.expose_secret()),
            Err(TokenError::Unknown)
        );
        assert_eq!(
            tokens.find(TokenKind::Refresh, token.access_token.expose_secret()),
            Err(TokenError::Unknown)
        );
        assert_eq!(tokens.find(TokenKind::Access, ""), Err(TokenError::Unknown));
    }

    #[test]
    fn expired_tokens_are_removed_when_new_ones_are_added() {
        let clock = Clock::new();
        let tokens = tokens(&clock);
        let old = issue(&tokens);
        clock.advance(Duration::from_mins(1));
        assert_eq!(access(&tokens, &old), Err(TokenError::Expired));
        issue(&tokens);
        assert_eq!(access(&tokens, &old), Err(TokenError::Unknown));
        assert_eq!(tokens.issued.lock().unwrap().access.grants.len(), 1);
        assert_eq!(tokens.issued.lock().unwrap().refresh.grants.len(), 2);
    }

    #[test]
    fn beyond_the_limit_the_oldest_token_is_removed() {
        let mut table = TokenTable::default();
        for i in 0..=TOKENS_KEPT {
            table.add(&i.to_string(), &caller("stub"), Duration::ZERO, Duration::MAX);
        }
        assert_eq!(table.grants.len(), TOKENS_KEPT);
        assert_eq!(table.oldest_first.len(), TOKENS_KEPT);
        assert!(table.find("0", Duration::ZERO).is_err());
        assert!(table.find("1", Duration::ZERO).is_ok());
    }

    #[test]
    fn clients_need_the_right_id_and_the_right_secret_of_one_client() {
        let client = |id: &str, secret: &str, rights| Client { id: id.into(), secret: secret.into(), rights };
        let clients =
            Clients::or_default(vec![client("a", "1", Rights::All), client("b", "2", Rights::Read)]);
        for (id, secret, rights) in [
            ("a", "1", Some(Rights::All)),
            ("b", "2", Some(Rights::Read)),
            ("a", "2", None),
            ("b", "1", None),
            ("", "", None),
        ] {
            let expected = rights.map(|rights| Caller { client_id: id.into(), rights });
            assert_eq!(clients.find(id, &secret.into()), expected, "{id}:{secret}");
        }
    }

    #[test]
    fn a_revoked_token_is_refused_and_the_other_of_its_pair_is_not() {
        let clock = Clock::new();
        let tokens = tokens(&clock);
        let token = issue(&tokens);
        assert!(tokens.revoke(token.access_token.expose_secret()));
        assert_eq!(access(&tokens, &token), Err(TokenError::Revoked));
        assert_eq!(refresh(&tokens, &token), Ok(caller("stub")));
        assert!(!tokens.revoke(token.access_token.expose_secret()), "it was revoked already");
        assert!(!tokens.revoke("another"));

        let other = issue(&tokens);
        assert_eq!(tokens.revoke_all(), (2, 2));
        assert_eq!(access(&tokens, &other), Err(TokenError::Revoked));
        assert_eq!(refresh(&tokens, &token), Err(TokenError::Revoked));
        assert!(access(&tokens, &issue(&tokens)).is_ok());
        // A revoked token expires like any other.
        clock.advance(Duration::from_mins(1));
        assert_eq!(access(&tokens, &other), Err(TokenError::Expired));
    }
}
