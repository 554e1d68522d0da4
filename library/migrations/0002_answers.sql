-- The queue, as it is made for new libraries: thousands of waiting jobs are
-- looked through without comparing each with each.
DROP VIEW jobs_ready;
CREATE INDEX IF NOT EXISTS jobs_leased ON jobs (kind, subject) WHERE leased_until IS NOT NULL;
CREATE VIEW jobs_ready AS
SELECT id, due, max(due, coalesce((SELECT max(other.leased_until) FROM jobs AS other
	WHERE other.kind = jobs.kind AND other.subject = jobs.subject AND other.leased_until IS NOT NULL), 0)) AS ready
FROM jobs;

-- Which index has a page: the tokenizer follows the document's language.
ALTER TABLE page_chunks ADD COLUMN tokenizer TEXT NOT NULL DEFAULT 'porter'
	CHECK (tokenizer IN ('porter', 'unicode61', 'trigram'));

DROP TRIGGER page_chunks_inserted;
DROP TRIGGER page_chunks_deleted;
DROP TABLE page_index;

-- Each index has the pages of its tokenizer and no others. What is found in a
-- heading weighs more: the numbers are the weights of bm25().
CREATE VIEW stemmed_pages AS SELECT id, text, heading FROM page_chunks WHERE tokenizer = 'porter';
CREATE VIRTUAL TABLE page_index USING fts5 (
	text, heading,
	content = 'stemmed_pages', content_rowid = 'id',
	tokenize = 'porter unicode61 remove_diacritics 2'
);
INSERT INTO page_index (page_index, rank) VALUES ('rank', 'bm25(1.0, 2.0)');
INSERT INTO page_index (page_index) VALUES ('rebuild');

CREATE VIEW plain_pages AS SELECT id, text, heading FROM page_chunks WHERE tokenizer = 'unicode61';
CREATE VIRTUAL TABLE page_index_plain USING fts5 (
	text, heading,
	content = 'plain_pages', content_rowid = 'id',
	tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO page_index_plain (page_index_plain, rank) VALUES ('rank', 'bm25(1.0, 2.0)');

CREATE VIEW unspaced_pages AS SELECT id, text, heading FROM page_chunks WHERE tokenizer = 'trigram';
CREATE VIRTUAL TABLE page_index_trigram USING fts5 (
	text, heading,
	content = 'unspaced_pages', content_rowid = 'id',
	tokenize = 'trigram remove_diacritics 1'
);
INSERT INTO page_index_trigram (page_index_trigram, rank) VALUES ('rank', 'bm25(1.0, 2.0)');
-- Words of two characters are looked for in the pages themselves.
CREATE INDEX page_chunks_unspaced ON page_chunks (id) WHERE tokenizer = 'trigram';

CREATE TRIGGER page_chunks_inserted AFTER INSERT ON page_chunks BEGIN
	INSERT INTO page_index (rowid, text, heading) SELECT new.id, new.text, new.heading WHERE new.tokenizer = 'porter';
	INSERT INTO page_index_plain (rowid, text, heading) SELECT new.id, new.text, new.heading WHERE new.tokenizer = 'unicode61';
	INSERT INTO page_index_trigram (rowid, text, heading) SELECT new.id, new.text, new.heading WHERE new.tokenizer = 'trigram';
END;
CREATE TRIGGER page_chunks_deleted AFTER DELETE ON page_chunks BEGIN
	INSERT INTO page_index (page_index, rowid, text, heading)
		SELECT 'delete', old.id, old.text, old.heading WHERE old.tokenizer = 'porter';
	INSERT INTO page_index_plain (page_index_plain, rowid, text, heading)
		SELECT 'delete', old.id, old.text, old.heading WHERE old.tokenizer = 'unicode61';
	INSERT INTO page_index_trigram (page_index_trigram, rowid, text, heading)
		SELECT 'delete', old.id, old.text, old.heading WHERE old.tokenizer = 'trigram';
END;
CREATE TRIGGER page_chunks_changed AFTER UPDATE OF text, heading, tokenizer ON page_chunks BEGIN
	INSERT INTO page_index (page_index, rowid, text, heading)
		SELECT 'delete', old.id, old.text, old.heading WHERE old.tokenizer = 'porter';
	INSERT INTO page_index_plain (page_index_plain, rowid, text, heading)
		SELECT 'delete', old.id, old.text, old.heading WHERE old.tokenizer = 'unicode61';
	INSERT INTO page_index_trigram (page_index_trigram, rowid, text, heading)
		SELECT 'delete', old.id, old.text, old.heading WHERE old.tokenizer = 'trigram';
	INSERT INTO page_index (rowid, text, heading) SELECT new.id, new.text, new.heading WHERE new.tokenizer = 'porter';
	INSERT INTO page_index_plain (rowid, text, heading) SELECT new.id, new.text, new.heading WHERE new.tokenizer = 'unicode61';
	INSERT INTO page_index_trigram (rowid, text, heading) SELECT new.id, new.text, new.heading WHERE new.tokenizer = 'trigram';
END;

-- Character recognition of pages without a text layer. page_chunks.source is
-- 'ocr' for pages that were read so.
ALTER TABLE documents ADD COLUMN ocr TEXT NOT NULL DEFAULT '' -- nothing to be read so
	CHECK (ocr IN ('', 'waiting', 'done', 'unavailable'));
ALTER TABLE documents ADD COLUMN ocr_pages INTEGER NOT NULL DEFAULT 0;  -- read so
ALTER TABLE documents ADD COLUMN ocr_failed INTEGER NOT NULL DEFAULT 0; -- could not be

-- Looked at whenever the library is opened.
CREATE INDEX documents_no_text ON documents (seq) WHERE no_text > 0;

CREATE TABLE ocr_pages (
	page       INTEGER PRIMARY KEY REFERENCES page_chunks (id) ON DELETE CASCADE,
	confidence REAL NOT NULL, -- mean over the words, 0 to 1; 0 when the page could not be read
	error      TEXT NOT NULL DEFAULT '',
	words      BLOB NOT NULL  -- gzip of JSON: where each word stands, in points
) STRICT;

CREATE TABLE chats (
	id           TEXT PRIMARY KEY, -- public, random
	title        TEXT NOT NULL,
	title_edited INTEGER NOT NULL DEFAULT 0,
	documents    TEXT NOT NULL DEFAULT '[]', -- JSON array of ids; empty with no tags means all
	tags         TEXT NOT NULL DEFAULT '[]',
	created      INTEGER NOT NULL,
	updated      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX chats_updated ON chats (updated, id);

-- A question and its answer are two rows that appear together.
CREATE TABLE chat_messages (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	chat      TEXT NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
	role      TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
	text      TEXT NOT NULL,
	status    TEXT NOT NULL CHECK (status IN ('running', 'done', 'stopped', 'failed')),
	kind      TEXT NOT NULL DEFAULT '', -- of an answer: 'answer', 'passages' or 'nothing'
	query     TEXT NOT NULL DEFAULT '', -- the question as it was looked for
	passages  TEXT NOT NULL DEFAULT '[]', -- JSON: what the answer could draw on
	model     TEXT NOT NULL DEFAULT '',
	mode      TEXT NOT NULL DEFAULT '', -- how the passages were found
	error     TEXT NOT NULL DEFAULT '',
	created   INTEGER NOT NULL,
	finished  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX chat_messages_chat ON chat_messages (chat, id);
CREATE INDEX chat_messages_running ON chat_messages (status) WHERE status = 'running';

CREATE VIRTUAL TABLE chat_index USING fts5 (
	text, content = 'chat_messages', content_rowid = 'id',
	tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER chat_messages_inserted AFTER INSERT ON chat_messages BEGIN
	INSERT INTO chat_index (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER chat_messages_changed AFTER UPDATE OF text ON chat_messages BEGIN
	INSERT INTO chat_index (chat_index, rowid, text) VALUES ('delete', old.id, old.text);
	INSERT INTO chat_index (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER chat_messages_deleted AFTER DELETE ON chat_messages BEGIN
	INSERT INTO chat_index (chat_index, rowid, text) VALUES ('delete', old.id, old.text);
END;

-- What a person thinks of an answer goes with it.
ALTER TABLE chat_feedback ADD COLUMN answer_id INTEGER REFERENCES chat_messages (id) ON DELETE CASCADE;
ALTER TABLE chat_feedback ADD COLUMN comment TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX chat_feedback_answer ON chat_feedback (answer_id) WHERE answer_id IS NOT NULL;

-- The person's own models. A purpose without a row uses the server's.
CREATE TABLE models (
	purpose  TEXT PRIMARY KEY CHECK (purpose IN ('chat', 'embed')),
	protocol TEXT NOT NULL,
	url      TEXT NOT NULL,
	model    TEXT NOT NULL,
	key      BLOB, -- sealed with the server's key; NULL without one
	updated  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
