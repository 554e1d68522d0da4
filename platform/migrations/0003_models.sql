-- What the people of a tier may do with models.
ALTER TABLE tiers ADD COLUMN chat       INTEGER NOT NULL DEFAULT 1; -- use the server's chat model
ALTER TABLE tiers ADD COLUMN own_models INTEGER NOT NULL DEFAULT 1; -- name model servers of their own

-- The server's models. A tier without a row of a purpose uses that of all tiers.
CREATE TABLE models (
	purpose        TEXT NOT NULL CHECK (purpose IN ('chat', 'embed')),
	tier           TEXT NOT NULL, -- empty: every tier
	protocol       TEXT NOT NULL CHECK (protocol IN ('ollama', 'openai', 'local')),
	url            TEXT NOT NULL, -- empty for a local model
	model          TEXT NOT NULL,
	key            BLOB,          -- sealed with the server's key; NULL without one
	context_tokens INTEGER NOT NULL CHECK (context_tokens >= 0), -- 0: the protocol's default
	updated        INTEGER NOT NULL,
	PRIMARY KEY (purpose, tier)
) STRICT, WITHOUT ROWID;

-- How many answers were found good and bad, by day since 1970 in UTC; not by whom.
CREATE TABLE feedback_counts (
	day  INTEGER PRIMARY KEY,
	up   INTEGER NOT NULL CHECK (up >= 0),
	down INTEGER NOT NULL CHECK (down >= 0)
) STRICT;
