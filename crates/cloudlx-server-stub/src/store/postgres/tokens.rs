//! Tokens in the database, by their hashes.

use std::time::Duration;

use cloudlx_model::AccessToken;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::connections::QueryError;
use super::microseconds::in_microseconds;
use crate::auth::{Caller, Lifetimes, Rights, TOKENS_KEPT, TokenError, TokenKind};

/// The hash that a token is stored as.
pub(super) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// The hashes of a pair.
pub(super) fn hashes(pair: &AccessToken) -> [Vec<u8>; 2] {
    [&pair.access_token, &pair.refresh_token].map(|token| hash(token.expose_secret()))
}

/// Stores a pair, and removes the oldest when there are too many.
pub(super) async fn add(
    client: &Client,
    [access, refresh]: &[Vec<u8>; 2],
    caller: &Caller,
    lifetimes: Lifetimes,
    ahead: Duration,
) -> Result<(), QueryError> {
    let sql = "WITH added AS ( \
                   INSERT INTO tokens (client_id, only_reads, access, access_expires_at, refresh, refresh_expires_at) \
                   VALUES ($1, $2, $3, clock_timestamp() + $5 * interval '1 microsecond', \
                           $4, clock_timestamp() + $6 * interval '1 microsecond') \
                   RETURNING number) \
               DELETE FROM tokens USING added WHERE tokens.number <= added.number - $7";
    let until = |lifetime| in_microseconds(ahead.saturating_add(lifetime));
    let only_reads = caller.rights == Rights::Read;
    let kept = i64::try_from(TOKENS_KEPT).unwrap_or(i64::MAX);
    client
        .query_typed(
            sql,
            &[
                (&&*caller.client_id, Type::TEXT),
                (&only_reads, Type::BOOL),
                (access, Type::BYTEA),
                (refresh, Type::BYTEA),
                (&until(lifetimes.access), Type::INT8),
                (&until(lifetimes.refresh), Type::INT8),
                (&kept, Type::INT8),
            ],
        )
        .await?;
    Ok(())
}

/// The caller that a live token was issued to.
pub(super) async fn find(
    client: &Client,
    kind: TokenKind,
    hash: &[u8],
    ahead: Duration,
) -> Result<Result<Caller, TokenError>, QueryError> {
    let sql = match kind {
        TokenKind::Access => {
            "SELECT client_id, only_reads, access_is_revoked, \
                    access_expires_at <= clock_timestamp() + $2 * interval '1 microsecond' \
             FROM tokens WHERE access = $1"
        }
        TokenKind::Refresh => {
            "SELECT client_id, only_reads, refresh_is_revoked, \
                    refresh_expires_at <= clock_timestamp() + $2 * interval '1 microsecond' \
             FROM tokens WHERE refresh = $1"
        }
    };
    let rows =
        client.query_typed(sql, &[(&hash, Type::BYTEA), (&in_microseconds(ahead), Type::INT8)]).await?;
    let Some(row) = rows.first() else { return Ok(Err(TokenError::Unknown)) };
    let (client_id, only_reads): (&str, bool) = (row.try_get(0)?, row.try_get(1)?);
    let rights = if only_reads { Rights::Read } else { Rights::All };
    Ok(match (row.try_get(3)?, row.try_get(2)?) {
        (true, _) => Err(TokenError::Expired),
        (false, true) => Err(TokenError::Revoked),
        (false, false) => Ok(Caller { client_id: client_id.into(), rights }),
    })
}

/// Revokes a token. False when no live token is the same.
pub(super) async fn revoke(client: &Client, hash: &[u8], ahead: Duration) -> Result<bool, QueryError> {
    let sql = "WITH now AS MATERIALIZED (SELECT clock_timestamp() + $2 * interval '1 microsecond' AS at) \
               UPDATE tokens SET access_is_revoked = access_is_revoked OR access = $1, \
                                 refresh_is_revoked = refresh_is_revoked OR refresh = $1 \
               FROM now \
               WHERE access = $1 AND NOT access_is_revoked AND now.at < access_expires_at \
                  OR refresh = $1 AND NOT refresh_is_revoked AND now.at < refresh_expires_at \
               RETURNING number";
    let rows =
        client.query_typed(sql, &[(&hash, Type::BYTEA), (&in_microseconds(ahead), Type::INT8)]).await?;
    Ok(!rows.is_empty())
}

/// Revokes all tokens, and returns the number of pairs.
pub(super) async fn revoke_all(client: &Client) -> Result<usize, QueryError> {
    let sql = "UPDATE tokens SET access_is_revoked = true, refresh_is_revoked = true RETURNING number";
    Ok(client.query_typed(sql, &[]).await?.len())
}

/// Removes all tokens, and returns the number of pairs.
pub(super) async fn remove_all(client: &Client) -> Result<usize, QueryError> {
    Ok(client.query_typed("DELETE FROM tokens RETURNING number", &[]).await?.len())
}
