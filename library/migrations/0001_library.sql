-- Pagepiper's names: documents, page_chunks, chat_feedback. Times are unix
-- milliseconds.

CREATE TABLE documents (
	seq            INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
	id             TEXT NOT NULL UNIQUE,              -- public, random
	hash           TEXT NOT NULL UNIQUE,              -- SHA-256 of the file, hexadecimal
	origin         TEXT NOT NULL CHECK (origin IN ('uploads', 'books')),
	file_name      TEXT NOT NULL, -- as uploaded, or the path below books/
	format         TEXT NOT NULL,
	size           INTEGER NOT NULL, -- bytes
	title          TEXT NOT NULL,
	title_edited   INTEGER NOT NULL DEFAULT 0, -- a person chose the title
	authors        TEXT NOT NULL DEFAULT '[]', -- JSON array
	language       TEXT NOT NULL DEFAULT '',
	first_line     TEXT NOT NULL DEFAULT '',
	pages          INTEGER NOT NULL DEFAULT 0,
	no_text        INTEGER NOT NULL DEFAULT 0, -- pages without a text layer
	has_cover      INTEGER NOT NULL DEFAULT 0,
	protected      INTEGER NOT NULL DEFAULT 0, -- a password was needed to read it
	missing        INTEGER NOT NULL DEFAULT 0, -- vanished from books/
	status         TEXT NOT NULL CHECK (status IN ('queued', 'processing', 'ready', 'failed')),
	stage          TEXT NOT NULL DEFAULT '',
	done           INTEGER NOT NULL DEFAULT 0,
	total          INTEGER NOT NULL DEFAULT 0,
	error          TEXT NOT NULL DEFAULT '',
	needs_password INTEGER NOT NULL DEFAULT 0,
	pages_hash     TEXT NOT NULL DEFAULT '', -- hash of the file that the pages were read from
	created        INTEGER NOT NULL,
	updated        INTEGER NOT NULL
) STRICT;
CREATE INDEX documents_title ON documents (title COLLATE NOCASE, seq);

-- What is large and rarely read lies beside the document.
CREATE TABLE covers (
	document INTEGER PRIMARY KEY REFERENCES documents (seq) ON DELETE CASCADE,
	image    BLOB NOT NULL -- PNG
) STRICT;
CREATE TABLE outlines (
	document INTEGER PRIMARY KEY REFERENCES documents (seq) ON DELETE CASCADE,
	entries  TEXT NOT NULL -- JSON array
) STRICT;

CREATE TABLE tags (
	document INTEGER NOT NULL REFERENCES documents (seq) ON DELETE CASCADE,
	tag      TEXT NOT NULL COLLATE NOCASE,
	PRIMARY KEY (document, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_tag ON tags (tag, document);

-- What the names of a document say; rowid is documents.seq.
CREATE VIRTUAL TABLE document_names USING fts5 (
	title, authors, tags, file_name,
	tokenize = 'porter unicode61 remove_diacritics 2'
);

-- One row per page. The id is documents.seq << 20 | page_number, so that the
-- pages of a document are one range of ids here and in the index. They appear
-- and go in one transaction with the state of their document. Small columns
-- come first: reading them does not touch the text.
CREATE TABLE page_chunks (
	id          INTEGER PRIMARY KEY,
	doc_id      TEXT NOT NULL,
	page_number INTEGER NOT NULL,
	source      TEXT NOT NULL, -- text_layer, or none where a PDF page has none
	word_count  INTEGER NOT NULL,
	label       TEXT NOT NULL,
	heading     TEXT NOT NULL,
	width       REAL NOT NULL,
	height      REAL NOT NULL,
	text        TEXT NOT NULL,
	html        TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE page_index USING fts5 (
	text, heading,
	content = 'page_chunks', content_rowid = 'id',
	tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER page_chunks_inserted AFTER INSERT ON page_chunks BEGIN
	INSERT INTO page_index (rowid, text, heading) VALUES (new.id, new.text, new.heading);
END;
CREATE TRIGGER page_chunks_deleted AFTER DELETE ON page_chunks BEGIN
	INSERT INTO page_index (page_index, rowid, text, heading) VALUES ('delete', old.id, old.text, old.heading);
END;

-- Passages lie inside a page and are what gets an embedding. Their ids are
-- never used again, so that an old embedding cannot meet a new passage.
CREATE TABLE passages (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	chunk_id INTEGER NOT NULL REFERENCES page_chunks (id) ON DELETE CASCADE,
	start    INTEGER NOT NULL, -- byte offsets in the text of the page
	"end"    INTEGER NOT NULL
) STRICT;
CREATE INDEX passages_chunk ON passages (chunk_id);

-- The files of the watched folder as they were last seen. document is NULL for
-- a file that cannot be read as any format.
CREATE TABLE books (
	path     TEXT PRIMARY KEY,
	size     INTEGER NOT NULL,
	modified INTEGER NOT NULL, -- unix nanoseconds
	document INTEGER REFERENCES documents (seq) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX books_document ON books (document);

CREATE TABLE chat_feedback (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	message TEXT NOT NULL,
	answer  TEXT NOT NULL,
	rating  INTEGER NOT NULL CHECK (rating IN (-1, 1)),
	created INTEGER NOT NULL
) STRICT;
