package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/sqlite"
)

const secondsOfDay = 24 * 60 * 60

// FeedbackCount is how many answers were found good and bad.
type FeedbackCount struct {
	Up, Down int64
}

// FeedbackDay is the count of one day.
type FeedbackDay struct {
	Day time.Time // its beginning in UTC
	FeedbackCount
}

// CountFeedback adds to the counts of the day. A negative number takes feedback
// back: from the latest day that has some, so that the sums stay right when
// somebody thinks otherwise a day later. No count falls below 0. Nothing is kept
// of who gave it or what it was about.
func (s *Store) CountFeedback(ctx context.Context, up, down int) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if err := takeFeedback(ctx, tx, "up", -int64(up)); err != nil {
			return err
		}
		if err := takeFeedback(ctx, tx, "down", -int64(down)); err != nil {
			return err
		}
		if up <= 0 && down <= 0 {
			return nil
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO feedback_counts (day, up, down) VALUES (?, ?, ?)
			ON CONFLICT (day) DO UPDATE SET up = up + excluded.up, down = down + excluded.down`,
			s.now().Unix()/secondsOfDay, max(up, 0), max(down, 0))
		return err
	})
	if err != nil {
		return fmt.Errorf("count feedback: %w", err)
	}
	return nil
}

// takeFeedback takes n off a column, day by day backwards, as far as there is any.
func takeFeedback(ctx context.Context, tx *sql.Tx, column string, n int64) error {
	for n > 0 {
		var day, there int64
		err := tx.QueryRowContext(ctx, "SELECT day, "+column+" FROM feedback_counts WHERE "+column+" > 0 ORDER BY day DESC LIMIT 1").
			Scan(&day, &there)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		taken := min(n, there)
		if _, err := tx.ExecContext(ctx, "UPDATE feedback_counts SET "+column+" = "+column+" - ? WHERE day = ?", taken, day); err != nil {
			return err
		}
		n -= taken
	}
	return nil
}

// FeedbackCounts returns the sum of all time and the counts of the last days,
// the latest first and today included. Days without feedback are left out.
func (s *Store) FeedbackCounts(ctx context.Context, days int) (total FeedbackCount, latest []FeedbackDay, err error) {
	err = s.db.View(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "SELECT coalesce(sum(up), 0), coalesce(sum(down), 0) FROM feedback_counts").
			Scan(&total.Up, &total.Down)
		if err != nil {
			return err
		}
		latest, err = sqlite.Collect(ctx, tx, scanFeedback, `SELECT day, up, down FROM feedback_counts
			WHERE day > ? AND (up > 0 OR down > 0) ORDER BY day DESC`, s.now().Unix()/secondsOfDay-int64(max(days, 0)))
		return err
	})
	if err != nil {
		return FeedbackCount{}, nil, fmt.Errorf("read feedback: %w", err)
	}
	return total, latest, nil
}

func scanFeedback(r sqlite.Row) (FeedbackDay, error) {
	var d FeedbackDay
	var day int64
	err := r.Scan(&day, &d.Up, &d.Down)
	d.Day = time.Unix(day*secondsOfDay, 0).UTC()
	return d, err
}
