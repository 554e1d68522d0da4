-- All tables of this step are made from the repository and can be emptied at
-- any time: they are filled again when state.head differs from the branch.

CREATE TABLE commits (
	seq     INTEGER NOT NULL PRIMARY KEY, -- parents come before children
	hash    TEXT    NOT NULL UNIQUE,
	parent  TEXT    NOT NULL, -- the first one; '' for none
	name    TEXT    NOT NULL, -- of the author
	email   TEXT    NOT NULL,
	at      INTEGER NOT NULL, -- when it was written, in seconds since 1970
	message TEXT    NOT NULL
) STRICT;

CREATE TABLE paths (
	id   INTEGER NOT NULL PRIMARY KEY,
	path TEXT    NOT NULL UNIQUE -- of a file, as in the repository
) STRICT;

CREATE TABLE changes (
	path    INTEGER NOT NULL REFERENCES paths (id),
	seq     INTEGER NOT NULL REFERENCES commits (seq),
	blob    TEXT    NOT NULL, -- what the file then was; '' when it was deleted
	old     TEXT    NOT NULL, -- what it was before; '' when it was added
	source  INTEGER,          -- the path that it was renamed from
	added   INTEGER NOT NULL, -- lines
	removed INTEGER NOT NULL,
	PRIMARY KEY (path, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX changes_seq ON changes (seq);
CREATE INDEX changes_source ON changes (source, seq) WHERE source IS NOT NULL;

CREATE TABLE pages (
	id       INTEGER NOT NULL PRIMARY KEY,
	path     TEXT    NOT NULL UNIQUE, -- without .md
	fold     TEXT    NOT NULL,        -- the path without difference of case
	title    TEXT    NOT NULL,
	category TEXT    NOT NULL,
	blob     TEXT    NOT NULL,
	seq      INTEGER NOT NULL,        -- of the last commit that changed it
	words    INTEGER NOT NULL,
	text     TEXT    NOT NULL         -- as in the repository
) STRICT;

CREATE INDEX pages_fold ON pages (fold);
CREATE INDEX pages_seq ON pages (seq);

CREATE VIRTUAL TABLE page_words USING fts5 (
	title, path, text, content='pages', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);

CREATE TABLE tags (
	fold TEXT    NOT NULL, -- the tag without difference of case
	page INTEGER NOT NULL,
	tag  TEXT    NOT NULL, -- as written
	PRIMARY KEY (fold, page)
) STRICT, WITHOUT ROWID;

CREATE INDEX tags_page ON tags (page);

CREATE TABLE links (
	page INTEGER NOT NULL,
	fold TEXT    NOT NULL, -- the target's path without difference of case
	path TEXT    NOT NULL, -- the target's path as written
	PRIMARY KEY (page, fold)
) STRICT, WITHOUT ROWID;

CREATE INDEX links_fold ON links (fold);

CREATE TABLE attachments (
	path TEXT    NOT NULL PRIMARY KEY,
	page TEXT    NOT NULL, -- the page that it belongs to: the folder that it lies in
	blob TEXT    NOT NULL,
	size INTEGER NOT NULL, -- bytes
	seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX attachments_page ON attachments (page);

-- Who wrote each line, as last asked for.
CREATE TABLE blame (
	path   INTEGER NOT NULL PRIMARY KEY REFERENCES paths (id),
	seq    INTEGER NOT NULL, -- the change of the path that it is for
	owners BLOB    NOT NULL  -- seq of each line, as unsigned varints
) STRICT;
