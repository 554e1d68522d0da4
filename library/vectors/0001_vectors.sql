-- Embeddings of passages. Derived: the file may be deleted at any time and is
-- filled again from the passages in pagepiper.db.

CREATE TABLE vectors (
	passage  INTEGER PRIMARY KEY, -- passages.id
	document INTEGER NOT NULL,    -- documents.seq
	model    TEXT NOT NULL,
	dim      INTEGER NOT NULL,
	vector   BLOB NOT NULL        -- dim little-endian float32
) STRICT;
CREATE INDEX vectors_document ON vectors (document);
