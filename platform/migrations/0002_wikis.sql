-- The directory of wikis. What is inside a wiki, also who may do what in it, is
-- in the wiki's own database.

-- Tiers that an administrator made begin with the limits of "free".
ALTER TABLE tiers ADD COLUMN wikis            INTEGER NOT NULL DEFAULT 0; -- of one account
ALTER TABLE tiers ADD COLUMN wiki_bytes       INTEGER NOT NULL DEFAULT 0; -- of each wiki, as the two below
ALTER TABLE tiers ADD COLUMN wiki_pages       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tiers ADD COLUMN attachment_bytes INTEGER NOT NULL DEFAULT 0;

UPDATE tiers SET wikis = 3, wiki_bytes = 100 << 20, wiki_pages = 1000, attachment_bytes = 10 << 20;
UPDATE tiers SET wikis = 20, wiki_bytes = 2 << 30, wiki_pages = 10000, attachment_bytes = 50 << 20 WHERE name = 'paid';
UPDATE tiers SET wikis = 100, wiki_bytes = 20 << 30, wiki_pages = 50000, attachment_bytes = 200 << 20 WHERE name = 'premium';
UPDATE tiers SET wikis = 0, wiki_bytes = 0, wiki_pages = 0, attachment_bytes = 500 << 20 WHERE name IN ('ultra', 'local');

-- An account that owns wikis cannot be deleted: a home would have nobody.
CREATE TABLE wikis (
	slug       TEXT PRIMARY KEY, -- names the wiki's home and its address
	id         TEXT NOT NULL UNIQUE,
	owner      TEXT NOT NULL REFERENCES accounts (id),
	name       TEXT NOT NULL,
	purpose    TEXT NOT NULL,
	created    INTEGER NOT NULL,
	reserved   INTEGER NOT NULL, -- 0 once the home was made; until then, how long the name is held
	removed    INTEGER NOT NULL DEFAULT 0, -- when its home went to the trash, or 0
	last_used  INTEGER NOT NULL,
	pages      INTEGER NOT NULL DEFAULT 0,
	bytes      INTEGER NOT NULL DEFAULT 0,
	offered_to TEXT REFERENCES accounts (id) ON DELETE SET NULL,
	offer_ends INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX wikis_owner ON wikis (owner);
CREATE INDEX wikis_offered_to ON wikis (offered_to) WHERE offered_to IS NOT NULL;
CREATE INDEX wikis_reserved ON wikis (reserved) WHERE reserved <> 0;

-- Which wikis are shared with whom, to be shown; no permission comes from here.
CREATE TABLE wiki_members (
	wiki    TEXT NOT NULL REFERENCES wikis (slug) ON DELETE CASCADE,
	account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	role    TEXT NOT NULL,
	PRIMARY KEY (account, wiki)
) STRICT, WITHOUT ROWID;

CREATE INDEX wiki_members_wiki ON wiki_members (wiki);

CREATE TABLE wiki_tokens (
	hash      BLOB PRIMARY KEY,
	id        TEXT NOT NULL UNIQUE,
	wiki      TEXT NOT NULL REFERENCES wikis (slug) ON DELETE CASCADE,
	account   TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	name      TEXT NOT NULL,
	role      TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
	created   INTEGER NOT NULL,
	last_used INTEGER NOT NULL,
	expires   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX wiki_tokens_wiki ON wiki_tokens (wiki);
CREATE INDEX wiki_tokens_account ON wiki_tokens (account);

CREATE TABLE wiki_invitations (
	hash       BLOB PRIMARY KEY,
	id         TEXT NOT NULL UNIQUE,
	wiki       TEXT NOT NULL REFERENCES wikis (slug) ON DELETE CASCADE,
	invited_by TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
	role       TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
	created    INTEGER NOT NULL,
	expires    INTEGER NOT NULL,
	uses       INTEGER NOT NULL,
	max_uses   INTEGER NOT NULL CHECK (uses <= max_uses)
) STRICT, WITHOUT ROWID;

CREATE INDEX wiki_invitations_wiki ON wiki_invitations (wiki);
CREATE INDEX wiki_invitations_invited_by ON wiki_invitations (invited_by);

-- Codes that carry a session to the origin of a wiki, and the sessions there.
CREATE TABLE hand_overs (
	hash    BLOB PRIMARY KEY,
	session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
	wiki    TEXT NOT NULL REFERENCES wikis (slug) ON DELETE CASCADE,
	state   BLOB NOT NULL,
	expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX hand_overs_session ON hand_overs (session);
CREATE INDEX hand_overs_wiki ON hand_overs (wiki);

CREATE TABLE wiki_sessions (
	hash    BLOB PRIMARY KEY,
	id      TEXT NOT NULL UNIQUE,
	session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
	wiki    TEXT NOT NULL REFERENCES wikis (slug) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX wiki_sessions_session ON wiki_sessions (session, wiki);
CREATE INDEX wiki_sessions_wiki ON wiki_sessions (wiki);
