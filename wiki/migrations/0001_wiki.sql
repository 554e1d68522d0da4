-- The tables preferences, user, drafts and cache have the names and columns of
-- An Otter Wiki's models, so that its databases can be taken over. Columns that
-- it does not have come last.

CREATE TABLE preferences (
	name  VARCHAR(256) NOT NULL PRIMARY KEY,
	value TEXT
);

CREATE TABLE user (
	id              INTEGER NOT NULL PRIMARY KEY,
	name            VARCHAR(128),
	email           VARCHAR(128),
	password_hash   VARCHAR(512), -- kept for going back; never used
	first_seen      DATETIME,
	last_seen       DATETIME,
	is_approved     BOOLEAN NOT NULL DEFAULT 0,
	is_admin        BOOLEAN NOT NULL DEFAULT 0,
	email_confirmed BOOLEAN NOT NULL DEFAULT 0,
	allow_read      BOOLEAN NOT NULL DEFAULT 0,
	allow_write     BOOLEAN NOT NULL DEFAULT 0,
	allow_upload    BOOLEAN NOT NULL DEFAULT 0,
	account         TEXT UNIQUE, -- the platform's account: who this is. NULL: nobody yet
	viewer          BOOLEAN NOT NULL DEFAULT 0 -- the access levels give no more than reading
);

CREATE UNIQUE INDEX ix_user_email ON user (email);

CREATE TABLE drafts (
	id           INTEGER NOT NULL PRIMARY KEY,
	pagepath     VARCHAR(2048),
	revision     VARCHAR(64), -- the commit that the draft began from
	author_email VARCHAR(256),
	content      TEXT,
	cursor_line  INTEGER,
	cursor_ch    INTEGER,
	datetime     DATETIME,
	account      TEXT -- whose: an account, or a visitor without one
);

CREATE INDEX ix_drafts_pagepath ON drafts (pagepath);
CREATE UNIQUE INDEX drafts_account ON drafts (account, pagepath) WHERE account IS NOT NULL;

CREATE TABLE cache (
	key      VARCHAR(64) NOT NULL PRIMARY KEY,
	value    TEXT,
	datetime DATETIME
);

-- Who may do what below a path or on one page. See wiki/access.
CREATE TABLE rules (
	id     INTEGER NOT NULL PRIMARY KEY,
	path   TEXT    NOT NULL,
	tree   INTEGER NOT NULL,
	who    TEXT    NOT NULL,
	grants TEXT    NOT NULL,
	UNIQUE (path, tree, who)
) STRICT;

-- One row. settings grows with every change of preferences, users and rules,
-- whatever program made it, so that what is kept in memory notices.
CREATE TABLE state (
	id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	settings INTEGER NOT NULL,
	head     TEXT    NOT NULL, -- the commit that the index describes; '' for none
	names    INTEGER NOT NULL, -- grows when a page or an attachment comes, goes or gets another title
	style    INTEGER NOT NULL  -- how wikilinks were read for the index, as in wiki/source
) STRICT;

INSERT INTO state (id, settings, head, names, style) VALUES (1, 1, '', 0, 0);

CREATE TRIGGER preferences_added   AFTER INSERT ON preferences BEGIN UPDATE state SET settings = settings + 1; END;
CREATE TRIGGER preferences_changed AFTER UPDATE ON preferences BEGIN UPDATE state SET settings = settings + 1; END;
CREATE TRIGGER preferences_removed AFTER DELETE ON preferences BEGIN UPDATE state SET settings = settings + 1; END;
CREATE TRIGGER user_added          AFTER INSERT ON user        BEGIN UPDATE state SET settings = settings + 1; END;
CREATE TRIGGER user_changed        AFTER UPDATE OF name, email, is_approved, is_admin, allow_read, allow_write, allow_upload, account, viewer
	ON user BEGIN UPDATE state SET settings = settings + 1; END;
CREATE TRIGGER user_removed        AFTER DELETE ON user        BEGIN UPDATE state SET settings = settings + 1; END;
CREATE TRIGGER rules_added         AFTER INSERT ON rules       BEGIN UPDATE state SET settings = settings + 1; END;
CREATE TRIGGER rules_changed       AFTER UPDATE ON rules       BEGIN UPDATE state SET settings = settings + 1; END;
CREATE TRIGGER rules_removed       AFTER DELETE ON rules       BEGIN UPDATE state SET settings = settings + 1; END;
