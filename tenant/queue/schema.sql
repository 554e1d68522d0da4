CREATE TABLE jobs (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	kind         TEXT NOT NULL,
	subject      TEXT NOT NULL,
	due          INTEGER NOT NULL, -- unix milliseconds, not to be begun before
	attempts     INTEGER NOT NULL DEFAULT 0,
	leased_until INTEGER           -- unix milliseconds; NULL while it waits
) STRICT;
CREATE UNIQUE INDEX jobs_waiting ON jobs (kind, subject) WHERE leased_until IS NULL;
CREATE INDEX jobs_leased ON jobs (kind, subject) WHERE leased_until IS NOT NULL;

-- When each job may begin: not before it is due, and not while a job of the same
-- kind and subject, itself included, is being worked on.
CREATE VIEW jobs_ready AS
SELECT id, due, max(due, coalesce((SELECT max(other.leased_until) FROM jobs AS other
	WHERE other.kind = jobs.kind AND other.subject = jobs.subject AND other.leased_until IS NOT NULL), 0)) AS ready
FROM jobs;
