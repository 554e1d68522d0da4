CREATE TABLE jobs (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	kind         TEXT NOT NULL,
	subject      TEXT NOT NULL,
	due          INTEGER NOT NULL, -- unix milliseconds, not to be begun before
	attempts     INTEGER NOT NULL DEFAULT 0,
	leased_until INTEGER           -- unix milliseconds; NULL while it waits
) STRICT;
CREATE UNIQUE INDEX jobs_waiting ON jobs (kind, subject) WHERE leased_until IS NULL;
