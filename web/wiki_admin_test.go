package web_test

import (
	"strconv"
	"testing"

	"github.com/holtdb/holt/wiki"
)

func (s *wikiSite) membersOf(tb testing.TB, slug string) []wiki.Member {
	tb.Helper()
	members, err := s.MustOpen(tb, slug, nil).Members(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return members
}

func id(m wiki.Member) string { return strconv.FormatInt(m.ID, 10) }
