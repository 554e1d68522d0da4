package library

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/sqlite"
)

const (
	defaultChats = 30
	mostChats    = 100
	maxScope     = 200 // documents or tags that a chat is limited to
)

const chatColumns = `c.id, c.title, c.documents, c.tags, c.created, c.updated,
	(SELECT count(*) FROM chat_messages m WHERE m.chat = c.id AND m.role = 'user')`

func scanChat(r sqlite.Row) (Chat, error) {
	var c Chat
	var documents, tags string
	var created, updated int64
	if err := r.Scan(&c.ID, &c.Title, &documents, &tags, &created, &updated, &c.Questions); err != nil {
		return Chat{}, err
	}
	c.Created, c.Updated = time.UnixMilli(created), time.UnixMilli(updated)
	return c, errors.Join(json.Unmarshal([]byte(documents), &c.Documents), json.Unmarshal([]byte(tags), &c.Tags))
}

// chat reads a chat by its id.
func chatByID(ctx context.Context, q querier, id string) (Chat, error) {
	c, err := scanChat(q.QueryRowContext(ctx, "SELECT "+chatColumns+" FROM chats c WHERE c.id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return Chat{}, ErrNotFound
	}
	if err != nil {
		return Chat{}, fmt.Errorf("read chat: %w", err)
	}
	return c, nil
}

// Chats lists chats, the latest first.
func (l *Library) Chats(ctx context.Context, filter ChatFilter) (ChatList, error) {
	limit := filter.Limit
	if limit <= 0 {
		limit = defaultChats
	}
	limit = min(limit, mostChats)
	statement, args := "SELECT "+chatColumns+" FROM chats c WHERE true", []any{}
	if text := strings.TrimSpace(filter.Text); text != "" {
		statement += " AND (instr(lower(c.title), lower(?)) > 0"
		args = append(args, text)
		if match := fulltext.Parse(text).All(); match != "" {
			statement += " OR c.id IN (SELECT chat FROM chat_messages WHERE id IN (SELECT rowid FROM chat_index WHERE chat_index MATCH ?))"
			args = append(args, match)
		}
		statement += ")"
	}
	if filter.After != "" {
		after, err := parseChatCursor(filter.After)
		if err != nil {
			return ChatList{}, err
		}
		statement += " AND (c.updated, c.id) < (?, ?)"
		args = append(args, after.Updated, after.ID)
	}
	ctx, cancel := l.limitSearch(ctx)
	defer cancel()
	chats, err := sqlite.Collect(ctx, l.db.Reader(), scanChat, statement+" ORDER BY c.updated DESC, c.id DESC LIMIT ?",
		append(args, limit+1)...)
	if err != nil {
		return ChatList{}, fmt.Errorf("list chats: %w", searchError(ctx, err))
	}
	list := ChatList{Chats: chats}
	if len(chats) > limit {
		list.Chats = chats[:limit]
		last := chats[limit-1]
		list.Next = chatCursor{Updated: last.Updated.UnixMilli(), ID: last.ID}.String()
	}
	return list, nil
}

// chatCursor is the last chat of a part of the list.
type chatCursor struct {
	Updated int64  `json:"u"`
	ID      string `json:"i"`
}

func (c chatCursor) String() string { return encodeCursor(c) }

func parseChatCursor(s string) (chatCursor, error) {
	c, err := decodeCursor[chatCursor](s)
	if err != nil || c.ID == "" {
		return chatCursor{}, badCursor()
	}
	return c, nil
}

// ChatChanges are what a person edits of a chat. Nil fields stay.
type ChatChanges struct {
	Title     *string
	Documents *[]string
	Tags      *[]string
}

// ChangeChat renames a chat or changes what it is limited to.
func (l *Library) ChangeChat(ctx context.Context, id string, changes ChatChanges) (Chat, error) {
	if err := l.home.CheckWritable(); err != nil {
		return Chat{}, err
	}
	var out Chat
	err := l.write(ctx, func(tx *sql.Tx) error {
		c, err := chatByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if changes.Title != nil {
			title := clip(cleanLine(*changes.Title), MaxTitle)
			if title == "" {
				return fmt.Errorf("%w: a chat needs a name", ErrInvalid)
			}
			if err := exec(ctx, tx, "UPDATE chats SET title = ?, title_edited = 1 WHERE id = ?", title, id); err != nil {
				return err
			}
		}
		if changes.Documents != nil {
			c.Documents = *changes.Documents
		}
		if changes.Tags != nil {
			c.Tags = *changes.Tags
		}
		if err := limitChat(ctx, tx, id, c.Documents, c.Tags); err != nil {
			return err
		}
		out, err = chatByID(ctx, tx, id)
		return err
	})
	if err != nil {
		return Chat{}, fmt.Errorf("change chat: %w", err)
	}
	return out, nil
}

// limitChat writes what a chat is limited to. A document that is not there is
// [ErrNotFound], one that the chat has had since before its deletion is kept.
func limitChat(ctx context.Context, tx *sql.Tx, id string, documents, tags []string) error {
	documents, tags = tidy(documents), tidy(tags)
	if len(documents) > maxScope || len(tags) > maxScope {
		return fmt.Errorf("%w: a chat is limited to at most %d documents and tags", ErrInvalid, maxScope)
	}
	for _, tag := range tags {
		if utf8.RuneCountInString(tag) > maxTag {
			return fmt.Errorf("%w: a tag has at most %d characters", ErrInvalid, maxTag)
		}
	}
	var unknown int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM json_each(?1) WHERE value NOT IN (SELECT id FROM documents)
		AND value NOT IN (SELECT value FROM json_each((SELECT documents FROM chats WHERE id = ?2)))`,
		jsonArray(documents), id).Scan(&unknown)
	if err != nil {
		return fmt.Errorf("limit chat: %w", err)
	}
	if unknown > 0 {
		return ErrNotFound
	}
	return exec(ctx, tx, "UPDATE chats SET documents = ?, tags = ? WHERE id = ?", jsonArray(documents), jsonArray(tags), id)
}

// tidy returns a list sorted, without empty strings and repetitions.
func tidy(list []string) []string {
	out := slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.TrimSpace(s) == "" })
	slices.Sort(out)
	return slices.Compact(out)
}

// DeleteChat removes a chat with all its questions and answers. One that is
// being made is stopped.
func (l *Library) DeleteChat(ctx context.Context, id string) error {
	if err := l.home.CheckWritable(); err != nil {
		return err
	}
	err := l.db.Write(ctx, func(tx *sql.Tx) error {
		return exec(ctx, tx, "DELETE FROM chats WHERE id = ?", id)
	})
	if err != nil {
		return fmt.Errorf("delete chat: %w", err)
	}
	l.answers.stop(id)
	return nil
}

// Rate keeps what a person thinks of an answer: 1, -1, or 0 to take it back. It
// returns the rating before.
func (l *Library) Rate(ctx context.Context, chat string, answer int64, rating int, comment string) (before int, err error) {
	const maxComment = 1000
	if rating < -1 || rating > 1 {
		return 0, fmt.Errorf("%w: a rating is 1, 0 or -1", ErrInvalid)
	}
	if err := l.home.CheckWritable(); err != nil {
		return 0, err
	}
	err = l.write(ctx, func(tx *sql.Tx) error {
		var text, question string
		err := tx.QueryRowContext(ctx, `SELECT a.text, coalesce((SELECT q.text FROM chat_messages q
			WHERE q.chat = a.chat AND q.role = 'user' AND q.id < a.id ORDER BY q.id DESC LIMIT 1), '')
			FROM chat_messages a WHERE a.id = ? AND a.chat = ? AND a.role = 'assistant' AND a.status <> 'running'`, answer, chat).
			Scan(&text, &question)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, "DELETE FROM chat_feedback WHERE answer_id = ? RETURNING rating", answer).Scan(&before)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if rating == 0 {
			return nil
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO chat_feedback (answer_id, message, answer, rating, comment, created)
			VALUES (?, ?, ?, ?, ?, ?)`, answer, question, text, rating, clip(strings.TrimSpace(comment), maxComment), time.Now().UnixMilli())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("rate answer: %w", err)
	}
	return before, nil
}
