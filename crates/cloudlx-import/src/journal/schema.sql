-- The journal of one import. GUARANTEES.md has the states and what they mean.

CREATE TABLE import (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- What it is bound to: the SHA-256 of the input, and, from the first send on, the base URL of the API and a hash of
    -- the client id, which stays NULL while there is only an access token.
    input TEXT NOT NULL,
    api TEXT,
    account TEXT,
    -- The last round of sending.
    round INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE rows (
    row INTEGER PRIMARY KEY,
    line INTEGER NOT NULL,
    state TEXT NOT NULL,
    request BLOB NOT NULL,
    -- The last round in which it was sent.
    round INTEGER NOT NULL DEFAULT 0,
    -- No customer is two rows'.
    customer INTEGER UNIQUE,
    -- Of a created row: whether the answer shows something else than was sent.
    altered INTEGER NOT NULL DEFAULT 0,
    -- Of an unknown row: whether the server said that it did something.
    acted INTEGER NOT NULL DEFAULT 0,
    -- How often in a row its send ended with a refusal that proves nothing.
    refusals INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    CHECK (state IN ('pending', 'sending', 'created', 'refused', 'unknown', 'settled', 'uncertain', 'skipped')),
    CHECK ((state IN ('created', 'settled')) = (customer IS NOT NULL))
) STRICT;

CREATE INDEX to_send ON rows (round, row) WHERE state = 'pending';
CREATE INDEX open ON rows (state, row) WHERE state IN ('sending', 'unknown');
CREATE INDEX altered ON rows (row) WHERE altered = 1;

-- A row takes no other steps than these, whoever writes.
CREATE TRIGGER steps BEFORE UPDATE OF state ON rows
WHEN NOT (
    (OLD.state = 'pending' AND NEW.state IN ('sending', 'refused'))
    OR (OLD.state = 'sending' AND NEW.state IN ('created', 'refused', 'pending', 'unknown'))
    OR (OLD.state = 'unknown' AND NEW.state IN ('settled', 'pending', 'uncertain'))
    OR (OLD.state = 'unknown' AND NEW.state = 'refused' AND OLD.refusals >= 2)
)
BEGIN
    SELECT RAISE(ABORT, 'a row cannot take this step');
END;

CREATE TRIGGER requests_stay BEFORE UPDATE OF request, line ON rows
BEGIN
    SELECT RAISE(ABORT, 'what is sent for a row does not change');
END;

-- Customers that were there before.
CREATE TABLE known (customer INTEGER PRIMARY KEY) STRICT;
