package library

import (
	"context"
	"database/sql"
)

// GrowChat repeats the first question of a chat with its answer.
func (l *Library) GrowChat(ctx context.Context, id string, times int) error {
	return l.db.Write(ctx, func(tx *sql.Tx) error {
		for range times {
			_, err := tx.ExecContext(ctx, `INSERT INTO chat_messages (chat, role, text, status, kind, query, passages, created)
				SELECT chat, role, text, status, kind, query, passages, created FROM chat_messages WHERE chat = ? ORDER BY id LIMIT 2`, id)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
