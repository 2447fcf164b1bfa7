-- The journal of one import that several machines share. GUARANTEES.md has the states and what they mean.

CREATE SCHEMA cloudlx_import;
SET LOCAL search_path = cloudlx_import;

CREATE TABLE format (format bigint NOT NULL);

CREATE TABLE import (
    one integer PRIMARY KEY CHECK (one = 1),
    -- What it is bound to: the SHA-256 of the input, and, from the first send on, the base URL of the API and a hash of
    -- the client id, which stays NULL while there is only an access token.
    input text NOT NULL,
    api text,
    account text,
    -- The last round of sending, of whichever worker.
    round bigint NOT NULL DEFAULT 0,
    -- How often anything was settled: verdicts rest on what was so after a certain one, and are kept before the next.
    settlings bigint NOT NULL DEFAULT 0
);

-- The times that all who work on it have, in milliseconds.
CREATE TABLE times (
    one integer PRIMARY KEY CHECK (one = 1),
    settle bigint NOT NULL,
    lease bigint NOT NULL
);

-- Whoever opens the journal takes the next number.
CREATE SEQUENCE workers;

CREATE TABLE rows (
    number bigint PRIMARY KEY,
    line bigint NOT NULL,
    state text NOT NULL,
    request bytea NOT NULL,
    -- The last round in which it was sent.
    round bigint NOT NULL DEFAULT 0,
    -- Who claimed it last, which of its claims that was, and until when that holds.
    worker bigint,
    version bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    -- No customer is two rows'.
    customer bigint UNIQUE,
    -- Of a created row: whether the answer shows something else than was sent.
    altered boolean NOT NULL DEFAULT false,
    -- Of an unknown row: whether the server said that it did something.
    acted boolean NOT NULL DEFAULT false,
    -- How often in a row its send ended with a refusal that proves nothing.
    refusals bigint NOT NULL DEFAULT 0,
    reason text,
    CHECK (state IN ('pending', 'sending', 'created', 'refused', 'unknown', 'settled', 'uncertain', 'skipped')),
    CHECK ((state IN ('created', 'settled')) = (customer IS NOT NULL)),
    CHECK ((state = 'sending') = (lease_until IS NOT NULL))
);

CREATE INDEX to_send ON rows (round, number) WHERE state = 'pending';
CREATE INDEX open ON rows (number) WHERE state IN ('sending', 'unknown');
CREATE INDEX leases ON rows (lease_until) WHERE state = 'sending';
CREATE INDEX altered ON rows (number) WHERE altered;

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END
$$;

-- A row takes no other steps than these, whoever writes, and each claim has a version of its own.
CREATE TRIGGER steps BEFORE UPDATE ON rows FOR EACH ROW
WHEN (
    OLD.state <> NEW.state AND NOT (
        (OLD.state = 'pending' AND NEW.state = 'sending' AND NEW.version > OLD.version)
        OR (OLD.state = 'sending' AND NEW.state IN ('created', 'refused', 'pending', 'unknown'))
        OR (OLD.state = 'unknown' AND NEW.state IN ('settled', 'pending', 'uncertain'))
        OR (OLD.state = 'unknown' AND NEW.state = 'refused' AND OLD.refusals >= 2)
    )
)
EXECUTE FUNCTION refuse('a row cannot take this step');

CREATE TRIGGER requests_stay BEFORE UPDATE ON rows FOR EACH ROW
WHEN (
    (OLD.number, OLD.line, OLD.request) IS DISTINCT FROM (NEW.number, NEW.line, NEW.request)
    OR NEW.version < OLD.version
    OR (OLD.customer IS NOT NULL AND OLD.customer IS DISTINCT FROM NEW.customer)
)
EXECUTE FUNCTION refuse('what is sent for a row does not change, nor what came of it');

-- Customers that were there before.
CREATE TABLE known (customer bigint PRIMARY KEY);
