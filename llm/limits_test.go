package llm_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
)

// TestTimeLimits reaches each limit at a server that says nothing more.
func TestTimeLimits(t *testing.T) {
	short := 50 * time.Millisecond
	both(t, llmtest.Script{Reply: llmtest.Says(reply)}, func(t *testing.T, s *llmtest.Server) {
		for name, tc := range map[string]struct {
			options llm.Options
			after   int
			says    string
		}{
			"first token": {llm.Options{FirstToken: short}, 0, "no first token within 50ms"},
			"between":     {llm.Options{BetweenTokens: short}, 3, "no further token within 50ms"},
			"whole":       {llm.Options{Whole: short}, 3, "not complete within 50ms"},
		} {
			t.Run(name, func(t *testing.T) {
				s.Fail(llmtest.Stall(tc.after))
				before := len(s.Requests())
				c, _ := mustClient(t, tc.options)
				tokens := 0
				_, err := c.Chat(mustContext(t), s.Endpoint("m"), ask("q"), func(string) error { tokens++; return nil })
				wantReason(t, err, llm.Slow, tc.says)
				if name == "between" && tokens == 0 || name == "first token" && tokens > 0 || len(s.Requests()) != before+1 {
					t.Errorf("%d tokens in %d requests", tokens, len(s.Requests())-before)
				}
			})
		}
		t.Run("caller's deadline", func(t *testing.T) {
			s.Fail(llmtest.Stall(0))
			c, _ := mustClient(t, llm.Options{})
			ctx, cancel := context.WithTimeout(t.Context(), short)
			defer cancel()
			if _, err := c.Chat(ctx, s.Endpoint("m"), ask("q"), nil); !errors.Is(err, context.DeadlineExceeded) || llm.ReasonOf(err) != "" {
				t.Errorf("error %v", err)
			}
		})
	})
}

// TestSlowConsumer shows that the reader's own slowness is not the server's.
func TestSlowConsumer(t *testing.T) {
	both(t, llmtest.Script{Reply: llmtest.Says("one two three")}, func(t *testing.T, s *llmtest.Server) {
		c, _ := mustClient(t, llm.Options{BetweenTokens: 300 * time.Millisecond})
		answer, err := c.Chat(mustContext(t), s.Endpoint("m"), ask("q"), func(text string) error {
			if text == "one" {
				time.Sleep(400 * time.Millisecond) // longer than a server may be silent
			}
			return nil
		})
		if err != nil || answer.Text != "one two three" {
			t.Errorf("answer %+v, error %v", answer, err)
		}
	})
}
