package library

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/holtdb/holt/library/chat"
	"github.com/holtdb/holt/sqlite"
)

// span chooses messages of a chat: the latest before one, or only one.
type span struct {
	only, before int64 // ids; 0 does not choose
	limit        int
}

// messages reads messages of a chat, the oldest first.
func (l *Library) messages(ctx context.Context, chatID string, of span) ([]Message, error) {
	var stored [][]storedPassage
	messages, err := sqlite.Collect(ctx, l.db.Reader(), func(r sqlite.Row) (Message, error) {
		var m Message
		var passages string
		var created, finished int64
		err := r.Scan(&m.ID, &m.Role, &m.Text, &m.Status, &m.Kind, &m.Query, &passages, &m.Model, &m.Mode, &m.Error,
			&created, &finished, &m.Rating, &m.Comment)
		if err != nil {
			return m, err
		}
		m.Created = time.UnixMilli(created)
		if finished > 0 {
			m.Finished = time.UnixMilli(finished)
		}
		list, err := readPassages(passages)
		stored = append(stored, list)
		return m, err
	}, `SELECT m.id, m.role, m.text, m.status, m.kind,
		CASE WHEN m.query = (SELECT q.text FROM chat_messages q WHERE q.chat = m.chat AND q.id < m.id AND q.role = 'user'
			ORDER BY q.id DESC LIMIT 1) THEN '' ELSE m.query END, m.passages, m.model, m.mode, m.error, m.created, m.finished,
		coalesce(f.rating, 0), coalesce(f.comment, '')
		FROM chat_messages m LEFT JOIN chat_feedback f ON f.answer_id = m.id
		WHERE m.chat = ?1 AND (?2 = 0 OR m.id = ?2) AND (?3 = 0 OR m.id < ?3) ORDER BY m.id DESC LIMIT ?4`,
		chatID, of.only, of.before, of.limit)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	slices.Reverse(messages)
	slices.Reverse(stored)
	pages, err := l.pagesOf(ctx, stored)
	if err != nil {
		return nil, err
	}
	for i := range messages {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if m := &messages[i]; m.Role == RoleAssistant {
			m.render(stored[i], pages)
		}
	}
	return messages, nil
}

// citedPage is a page that answers draw on.
type citedPage struct {
	title, label, heading, text string
}

type pageKey struct {
	document string
	page     int
}

// pagesOf reads the pages that passages are of. Those of documents that were
// deleted are missing.
func (l *Library) pagesOf(ctx context.Context, lists [][]storedPassage) (map[pageKey]citedPage, error) {
	type key struct {
		Document string `json:"d"`
		Page     int    `json:"p"`
	}
	var wanted []key
	pages := make(map[pageKey]citedPage)
	for _, list := range lists {
		for _, p := range list {
			wanted = append(wanted, key{p.Document, p.Page})
		}
	}
	if len(wanted) == 0 {
		return pages, nil
	}
	err := sqlite.Each(ctx, l.db.Reader(), func(r sqlite.Row) error {
		var k pageKey
		var p citedPage
		if err := r.Scan(&k.document, &k.page, &p.title, &p.label, &p.heading, &p.text); err != nil {
			return err
		}
		pages[k] = p
		return nil
	}, `SELECT d.id, p.page_number, d.title, p.label, p.heading, p.text
		FROM (SELECT DISTINCT value ->> 'd' AS document, value ->> 'p' AS page FROM json_each(?)) w
		CROSS JOIN documents d ON d.id = w.document
		CROSS JOIN page_chunks p ON p.id = (d.seq << 20 | w.page)`, jsonArray(wanted))
	if err != nil {
		return nil, fmt.Errorf("read cited pages: %w", err)
	}
	return pages, nil
}

// render fills in what follows from the text of an answer and its passages.
func (m *Message) render(stored []storedPassage, pages map[pageKey]citedPage) {
	passages := make([]chat.Passage, len(stored))
	gone := make(map[int]bool)
	for i, s := range stored {
		page, there := pages[pageKey{s.Document, s.Page}]
		gone[s.Number] = !there
		passages[i] = chat.Clean(chat.Passage{
			Number: s.Number, DocumentID: s.Document, Title: page.title, Label: page.label, Heading: page.heading,
			Page: s.Page, Start: s.Start, End: s.End, Text: excerpt(page.text, s.From, s.To), Score: s.Score, Neighbour: s.Neighbour,
		})
	}
	if m.Status == AnswerFailed && m.Error == "" {
		m.Error = lostAnswer
	}
	parsed := chat.Parse(m.Text, passages)
	m.Text = parsed.Answer
	for _, c := range parsed.Citations {
		cited := citation(c.Number, c.Passage, c.Snippet, gone[c.Number])
		for _, s := range stored {
			if s.Document == c.Passage.DocumentID && s.Page == c.Passage.Page && s.Start == c.Passage.Start {
				text := pages[pageKey{s.Document, s.Page}].text
				cited.Start, cited.End = said(text, s, c, parsed.Quotes)
				break
			}
		}
		m.Citations = append(m.Citations, cited)
	}
	titles := make(map[int]string, len(passages))
	for i, p := range passages {
		titles[p.Number] = where(p, gone[p.Number])
		page := pages[pageKey{stored[i].Document, stored[i].Page}]
		m.Passages = append(m.Passages, citation(p.Number, p, shorten(cleanLine(excerpt(page.text, p.Start, p.End)), snippetLength), gone[p.Number]))
	}
	m.HTML = chat.HTML(m.Text, parsed, func(n int) (href, title string) {
		return "#" + m.CitationID(n), titles[n]
	})
}

// said returns what of a page an answer rests on where it cites a passage: the
// words that matter most, and all that is quoted of it; the whole passage where
// none of these are found.
func said(text string, s storedPassage, c chat.Citation, quotes []chat.Quote) (start, end int) {
	snippets := []string{c.Snippet}
	for _, q := range quotes {
		if q.Passage == c.Number {
			snippets = append(snippets, q.Text)
		}
	}
	for _, snippet := range snippets {
		at, found := locate(text, s.From, s.To, snippet)
		switch {
		case !found:
		case end == 0:
			start, end = at.Start, at.End
		default:
			start, end = min(start, at.Start), max(end, at.End)
		}
	}
	if end == 0 {
		return s.Start, s.End
	}
	return start, end
}

// shorten cuts a line between words, and says so.
func shorten(line string, n int) string {
	short := clip(line, n)
	if len(short) == len(line) {
		return line
	}
	if i := strings.LastIndexByte(short, ' '); i > 0 {
		short = short[:i]
	}
	return short + "…"
}

// snippetLength is how much is shown of a passage, in characters.
const snippetLength = 240

// where names the place of a passage for people.
func where(p chat.Passage, gone bool) string {
	if gone {
		return "a page that was deleted"
	}
	label := p.Label
	if label == "" {
		label = strconv.Itoa(p.Page)
	}
	return p.Title + ", page " + label
}

// CitationID is the id of a citation of the message on a page.
func (m *Message) CitationID(number int) string {
	return "cite-" + strconv.FormatInt(m.ID, 10) + "-" + strconv.Itoa(number)
}

func citation(number int, p chat.Passage, snippet string, gone bool) Citation {
	return Citation{
		Number: number, DocumentID: p.DocumentID, Title: p.Title, Page: p.Page, Label: p.Label, Heading: p.Heading,
		Snippet: snippet, Start: p.Start, End: p.End, Score: p.Score, Gone: gone,
	}
}

// excerpt is a part of a text that may have changed since it was measured.
func excerpt(text string, from, to int) string {
	if from < 0 || from > to || to > len(text) {
		return ""
	}
	return text[from:to]
}

// mostExported is how many messages of a chat are exported, the latest ones.
const mostExported = 2000

// Export formats of a chat.
const (
	ExportMarkdown = "markdown"
	ExportJSON     = "json"
)

// ExportChat writes a chat in Markdown or as JSON.
func (l *Library) ExportChat(ctx context.Context, id, format string, w io.Writer) error {
	c, err := l.Chat(ctx, id)
	if err != nil {
		return err
	}
	messages, err := l.messages(ctx, id, span{limit: mostExported})
	if err != nil {
		return err
	}
	t := chat.Transcript{Title: c.Title, Created: c.Created, Updated: c.Updated, Tags: c.Tags}
	for _, id := range c.Documents {
		if rec, err := recordByID(ctx, l.db.Reader(), id); err == nil {
			t.Documents = append(t.Documents, rec.Title)
		}
	}
	for _, m := range messages {
		if m.Role == RoleUser {
			t.Exchanges = append(t.Exchanges, chat.Exchange{Question: m.Text, Asked: m.Created})
			continue
		}
		if len(t.Exchanges) == 0 {
			continue
		}
		e := &t.Exchanges[len(t.Exchanges)-1]
		e.Answer, e.Kind, e.Model, e.Error = m.Text, string(m.Kind), m.Model, m.Error
		for _, cite := range m.Citations {
			e.Citations = append(e.Citations, chat.Source{
				Number: cite.Number, DocumentID: cite.DocumentID, Title: cite.Title, Page: cite.Page, Label: cite.Label, Snippet: cite.Snippet,
			})
		}
	}
	switch format {
	case ExportMarkdown:
		return chat.ExportMarkdown(w, t)
	case ExportJSON:
		return chat.ExportJSON(w, t)
	}
	return fmt.Errorf("%w: a chat is exported as %s or %s", ErrInvalid, ExportMarkdown, ExportJSON)
}
