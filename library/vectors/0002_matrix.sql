-- Rows are numbered in the order in which they came, so that what is held in
-- memory follows by reading those after the last. A removal changes the
-- generation, which is the sign to read all again.
DROP TABLE vectors;
CREATE TABLE vectors (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	passage  INTEGER NOT NULL UNIQUE, -- passages.id
	chunk    INTEGER NOT NULL,        -- page_chunks.id
	model    TEXT NOT NULL,
	dim      INTEGER NOT NULL,        -- 0 where the model refuses the passage, so that it is not asked again
	vector   BLOB NOT NULL            -- dim little-endian float32, of length 1; empty where dim is 0
) STRICT;
CREATE INDEX vectors_chunk ON vectors (chunk);
-- Passages are counted and listed by the index alone: rows are large.
CREATE INDEX vectors_model ON vectors (model, dim, passage);

CREATE TABLE state (
	id         INTEGER PRIMARY KEY CHECK (id = 1),
	generation INTEGER NOT NULL
) STRICT;
INSERT INTO state (id, generation) VALUES (1, 1);
