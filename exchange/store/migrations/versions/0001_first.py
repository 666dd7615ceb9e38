"""The first tables: authorities and keys, ledger, notices, linkage, work, findings, alerts, caseworkers.

Tables under `HISTORY` are append-only: a trigger refuses UPDATE, DELETE and TRUNCATE.
"""

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE authority (
    slug        text PRIMARY KEY,
    urn         text NOT NULL UNIQUE,
    kind        text NOT NULL,
    state       text NOT NULL,
    enrolled_at timestamptz NOT NULL
);
CREATE TABLE authority_key (
    kid         text PRIMARY KEY,
    slug        text NOT NULL REFERENCES authority,
    purpose     text NOT NULL CHECK (purpose IN ('request', 'notice')),
    alg         text NOT NULL,
    jwk         text NOT NULL,
    active_from timestamptz NOT NULL,
    revoked_at  timestamptz,
    leaf_index  bigint NOT NULL
);
CREATE TABLE nonce (
    kid     text NOT NULL,
    nonce   text NOT NULL,
    expires timestamptz NOT NULL,
    PRIMARY KEY (kid, nonce)
);
CREATE INDEX nonce_expires ON nonce (expires);

CREATE TABLE leaf (
    index       bigint PRIMARY KEY,
    entry       bytea NOT NULL CHECK (octet_length(entry) = 32),
    appended_at timestamptz NOT NULL
);
-- What a leaf was made of; it is erased when the salt must go, the leaf stays.
CREATE TABLE opening (
    index  bigint PRIMARY KEY REFERENCES leaf,
    salt   bytea NOT NULL CHECK (octet_length(salt) = 32),
    record bytea NOT NULL
);
CREATE TABLE act (
    no        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL,
    slug      text,
    pseudonym text,
    what      text NOT NULL,
    object    text NOT NULL,
    purpose   text NOT NULL
);
CREATE TABLE act_leaf (
    minute     timestamptz PRIMARY KEY,
    last_act   bigint NOT NULL,
    leaf_index bigint NOT NULL
);
CREATE TABLE refusal (
    no         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    slug       text NOT NULL REFERENCES authority,
    code       text NOT NULL,
    leaf_index bigint
);
-- Refusals of callers that nobody knows are only counted: they must not fill the disk.
CREATE TABLE refusal_count (
    day  date NOT NULL,
    code text NOT NULL,
    n    bigint NOT NULL,
    PRIMARY KEY (day, code)
);

CREATE TABLE notice (
    no          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug        text NOT NULL REFERENCES authority,
    id          uuid NOT NULL,
    sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32),
    jws         text NOT NULL,
    kid         text NOT NULL REFERENCES authority_key,
    kind        text NOT NULL,
    event_time  text NOT NULL,
    authored_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    case_ref    text NOT NULL,
    seq         bigint NOT NULL,
    prev        text,
    leaf_index  bigint NOT NULL,
    UNIQUE (slug, id)
);
CREATE INDEX notice_case ON notice (slug, case_ref);
CREATE TABLE part (
    notice     bigint NOT NULL REFERENCES notice,
    name       text NOT NULL,
    disclosure text NOT NULL,
    PRIMARY KEY (notice, name)
);
CREATE TABLE receipt (
    notice bigint PRIMARY KEY REFERENCES notice,
    jws    text NOT NULL
);
-- A second notice under a used id: refused, and kept.
CREATE TABLE notice_conflict (
    slug   text NOT NULL,
    id     uuid NOT NULL,
    sha256 bytea NOT NULL,
    notice text NOT NULL,
    at     timestamptz NOT NULL,
    PRIMARY KEY (slug, id, sha256)
);

-- The hot index holds 8 bytes of HMAC(pepper, token).
CREATE TABLE token (
    hash   bigint NOT NULL,
    notice bigint NOT NULL REFERENCES notice,
    type   text NOT NULL
);
CREATE INDEX token_hash ON token (hash) INCLUDE (notice, type);
CREATE INDEX token_notice ON token (notice);
-- Evidence that two notices concern one person. Grades are computed from it, per projection.
CREATE TABLE agreement (
    a     bigint NOT NULL REFERENCES notice,
    b     bigint NOT NULL REFERENCES notice,
    types text[] NOT NULL,
    PRIMARY KEY (a, b),
    CHECK (a < b)
);
CREATE INDEX agreement_b ON agreement (b);
-- Which notices have anything to do with one another, by any evidence at all; derived, rebuilt by links.
CREATE TABLE neighbourhood (
    notice bigint PRIMARY KEY REFERENCES notice,
    no     bigint NOT NULL
);
CREATE INDEX neighbourhood_no ON neighbourhood (no);

CREATE TABLE outbox (
    no          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    step        text NOT NULL,
    subject     bigint NOT NULL,
    cause       text NOT NULL,
    promised_at timestamptz NOT NULL,
    sent_at     timestamptz,
    done_at     timestamptz,
    attempts    integer NOT NULL DEFAULT 0,
    last_error  text,
    parked_at   timestamptz,
    UNIQUE (step, subject, cause)
);
CREATE INDEX outbox_undone ON outbox (no) WHERE done_at IS NULL AND parked_at IS NULL;
CREATE TABLE timer (
    notice  bigint NOT NULL REFERENCES notice,
    pattern text NOT NULL,
    due_at  timestamptz NOT NULL,
    PRIMARY KEY (notice, pattern, due_at)
);
CREATE INDEX timer_due ON timer (due_at);

CREATE TABLE finding (
    projection text NOT NULL,
    family     text NOT NULL,
    anchor     bigint NOT NULL REFERENCES notice,
    body       jsonb NOT NULL,
    found_at   timestamptz NOT NULL,
    PRIMARY KEY (anchor, family, projection)
);
CREATE TABLE alert (
    id          uuid PRIMARY KEY,
    slug        text NOT NULL REFERENCES authority,
    family      text NOT NULL,
    anchor      bigint NOT NULL REFERENCES notice,
    person      bigint[] NOT NULL,
    status      text NOT NULL,
    pattern     text NOT NULL,
    severity    text NOT NULL,
    body        jsonb NOT NULL,
    raised_at   timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL,
    taken_by    text,
    expires_at  timestamptz,
    closing_by  text,
    UNIQUE (slug, family, anchor)
);
CREATE INDEX alert_queue ON alert (slug, status);
CREATE TABLE alert_event (
    no     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert  uuid NOT NULL REFERENCES alert,
    at     timestamptz NOT NULL,
    act    text NOT NULL,
    actor  text NOT NULL,
    detail jsonb NOT NULL
);
CREATE INDEX alert_event_alert ON alert_event (alert, no);

CREATE TABLE inbox (
    slug   text NOT NULL REFERENCES authority,
    seq    bigint NOT NULL,
    at     timestamptz NOT NULL,
    cause  text NOT NULL,
    item   jsonb NOT NULL,
    PRIMARY KEY (slug, seq),
    UNIQUE (slug, cause)
);
CREATE TABLE query (
    slug        text NOT NULL REFERENCES authority,
    id          uuid NOT NULL,
    sha256      bytea NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (slug, id)
);
CREATE TABLE query_answer (
    slug    text NOT NULL,
    id      uuid NOT NULL,
    mailbox uuid NOT NULL,
    hit     boolean NOT NULL,
    jws     text NOT NULL,
    PRIMARY KEY (slug, id),
    FOREIGN KEY (slug, id) REFERENCES query
);

CREATE TABLE caseworker (
    slug          text NOT NULL REFERENCES authority,
    pseudonym     text NOT NULL,
    role          text NOT NULL CHECK (role IN ('caseworker', 'supervisor')),
    password_hash text NOT NULL,
    disabled_at   timestamptz,
    PRIMARY KEY (slug, pseudonym)
);
CREATE TABLE console_session (
    token_hash bytea PRIMARY KEY,
    slug       text NOT NULL,
    pseudonym  text NOT NULL,
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    FOREIGN KEY (slug, pseudonym) REFERENCES caseworker
);
CREATE TABLE sign_in_failure (
    no        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL,
    slug      text NOT NULL,
    pseudonym text NOT NULL
);
CREATE INDEX sign_in_failure_who ON sign_in_failure (slug, pseudonym, at);
"""

HISTORY = (
    "leaf",
    "act",
    "act_leaf",
    "refusal",
    "notice",
    "part",
    "receipt",
    "notice_conflict",
    "agreement",
    "alert_event",
    "inbox",
    "query",
    "query_answer",
)

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % holds history: it only grows', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
"""


# Each statement of a volatile function sees what was committed before it: the index is read after the lock is held.
LEDGER_END = """
CREATE FUNCTION ledger_end(ledger_lock bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_lock);
    RETURN (SELECT coalesce(max(index) + 1, 0) FROM leaf);
END
$$;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(REFUSE)
    op.execute(LEDGER_END)
    for table in HISTORY:
        op.execute(f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise RuntimeError("The first migration is never taken back: it holds history.")
