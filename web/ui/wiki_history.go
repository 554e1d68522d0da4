package ui

import (
	"net/url"
	"strconv"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
)

// WikiHistoryPage lists the revisions of a page, the newest first. It posts
// rev_a (the older) and rev_b to the page's history, to compare them, and goes
// on with the parameter before.
type WikiHistoryPage struct {
	WikiFrame
	Revisions []index.Revision
	Before    int64 // as asked for; 0 at the newest
	More      bool  // there are older ones
	Gone      bool  // the page is no more
}

func (WikiHistoryPage) template() string { return "wiki_history" }

// OlderURL is the next part of the list, "" at its end.
func (p WikiHistoryPage) OlderURL() string {
	if !p.More || len(p.Revisions) == 0 {
		return ""
	}
	return address(p.To("history"), url.Values{"before": {strconv.FormatInt(p.Revisions[len(p.Revisions)-1].Seq, 10)}})
}

// WikiDiffPage shows how a page differs between two revisions.
type WikiDiffPage struct {
	WikiFrame
	Comparison wiki.Comparison
}

func (WikiDiffPage) template() string { return "wiki_diff" }

// WikiBlamePage shows who wrote the lines of a page.
type WikiBlamePage struct {
	WikiFrame
	Page  wiki.Page
	Lines []index.Line
}

func (WikiBlamePage) template() string { return "wiki_blame" }

// BlameRun is a run of lines that one commit wrote.
type BlameRun struct {
	Commit index.Commit
	Lines  []BlameLine
}

// BlameLine is a line with its number, from 1.
type BlameLine struct {
	Number int
	Text   string
}

// Runs are the lines, those of one commit together.
func (p WikiBlamePage) Runs() []BlameRun {
	var runs []BlameRun
	for i, line := range p.Lines {
		if n := len(runs); n == 0 || runs[n-1].Commit.Hash != line.Commit.Hash {
			runs = append(runs, BlameRun{Commit: line.Commit})
		}
		last := &runs[len(runs)-1]
		last.Lines = append(last.Lines, BlameLine{i + 1, line.Text})
	}
	return runs
}

// WikiCommitPage shows what a commit did.
type WikiCommitPage struct {
	WikiFrame
	Commit wiki.CommitView
}

func (WikiCommitPage) template() string { return "wiki_commit" }

// WikiRevertPage asks before a commit is taken back. It posts message to
// /-/revert/{rev}.
type WikiRevertPage struct {
	WikiFrame
	Commit  wiki.CommitView
	Message string
	Errors  Errors // "message", and "" for why it cannot be done
}

func (WikiRevertPage) template() string { return "wiki_revert" }

// WikiChangelogPage lists what changed in the whole wiki, the newest first.
type WikiChangelogPage struct {
	WikiFrame
	Entries []wiki.Entry
	Newer   string // the address of the part before, "" at the newest
	Older   string // the address of the part after, "" at the end
}

func (WikiChangelogPage) template() string { return "wiki_changelog" }

// ChangelogDay is what changed on one day.
type ChangelogDay struct {
	Day     string // as "Sunday, 22 November 2026"
	Entries []wiki.Entry
}

// Days are the entries by the day, in UTC.
func (p WikiChangelogPage) Days() []ChangelogDay {
	var days []ChangelogDay
	for _, e := range p.Entries {
		day := e.At.UTC().Format("Monday, 2 January 2006")
		if n := len(days); n == 0 || days[n-1].Day != day {
			days = append(days, ChangelogDay{Day: day})
		}
		last := &days[len(days)-1]
		last.Entries = append(last.Entries, e)
	}
	return days
}

// CommitURL is the address of a commit.
func (f WikiFrame) CommitURL(h repo.Hash) string { return f.Own("commit/" + h.String()) }

// DiffURL is the address of the difference of the frame's page between two
// revisions.
func (f WikiFrame) DiffURL(from, to string) string { return f.To("diff/" + from + "/" + to) }
