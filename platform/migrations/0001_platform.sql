-- Times are seconds since 1970. Secrets are kept as SHA-256, passwords as argon2id.

CREATE TABLE tiers (
	name           TEXT PRIMARY KEY,
	documents      INTEGER NOT NULL, -- 0 in any limit: unlimited
	file_bytes     INTEGER NOT NULL,
	database_bytes INTEGER NOT NULL,
	upload_bytes   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO tiers (name, documents, file_bytes, database_bytes, upload_bytes) VALUES
	('free',      100,   1 << 30,  1 << 30,  100 << 20),
	('paid',     2000,  20 << 30,  8 << 30,  500 << 20),
	('premium', 10000, 100 << 30, 32 << 30,    1 << 30),
	('ultra',       0,         0,        0,    2 << 30),
	('local',       0,         0,        0,    2 << 30);

CREATE TABLE accounts (
	id        TEXT PRIMARY KEY,     -- in the order of creation
	tenant    TEXT NOT NULL UNIQUE, -- names the library's home
	login     TEXT UNIQUE,          -- normalised; NULL without a password
	name      TEXT NOT NULL,
	password  TEXT,                 -- PHC string
	admin     INTEGER NOT NULL DEFAULT 0,
	suspended INTEGER NOT NULL DEFAULT 0,
	tier      TEXT NOT NULL,
	created   INTEGER NOT NULL,
	last_seen INTEGER NOT NULL,
	CHECK ((login IS NULL) = (password IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX accounts_admin ON accounts (admin) WHERE admin = 1;

CREATE TABLE identities (
	provider TEXT NOT NULL,
	subject  TEXT NOT NULL,
	account  TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	created  INTEGER NOT NULL,
	PRIMARY KEY (provider, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_account ON identities (account);

CREATE TABLE sessions (
	hash       BLOB PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	account    TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	user_agent TEXT NOT NULL,
	created    INTEGER NOT NULL,
	last_seen  INTEGER NOT NULL,
	expires    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_account ON sessions (account);

CREATE TABLE tokens (
	hash      BLOB PRIMARY KEY,
	id        TEXT NOT NULL UNIQUE,
	account   TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	name      TEXT NOT NULL,
	scope     TEXT NOT NULL CHECK (scope IN ('read', 'write')),
	created   INTEGER NOT NULL,
	last_used INTEGER NOT NULL,
	expires   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_account ON tokens (account);

CREATE TABLE invitations (
	hash       BLOB PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	invited_by TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	tier       TEXT NOT NULL,
	created    INTEGER NOT NULL,
	expires    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX invitations_invited_by ON invitations (invited_by);

CREATE TABLE setup (
	id   INTEGER PRIMARY KEY CHECK (id = 1), -- at most one link is valid
	hash BLOB NOT NULL
) STRICT;

CREATE TABLE settings (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A generation is never used twice, so that clearing an old one does not take
-- away a note made since.
CREATE TABLE waiting (
	generation INTEGER PRIMARY KEY AUTOINCREMENT,
	kind       TEXT NOT NULL,
	tenant     TEXT NOT NULL,
	UNIQUE (kind, tenant)
) STRICT;

-- Without foreign keys: an event outlives the accounts it speaks of.
CREATE TABLE audit (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	at      INTEGER NOT NULL,
	account TEXT NOT NULL,
	action  TEXT NOT NULL,
	subject TEXT NOT NULL,
	address TEXT NOT NULL,
	detail  TEXT NOT NULL
) STRICT;

CREATE INDEX audit_at ON audit (at);
