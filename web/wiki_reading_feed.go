package web

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/holtdb/holt/wiki"
)

// fed is how many changes a feed tells of.
const fed = 50

// rssFeed is a document of RSS 2.0 (rssboard.org/rss-specification).
type rssFeed struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Description string    `xml:"description"`
	Language    string    `xml:"language,omitempty"`
	Built       string    `xml:"lastBuildDate,omitempty"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string  `xml:"title"`
	Link        string  `xml:"link"`
	Description string  `xml:"description"`
	GUID        rssGUID `xml:"guid"`
	Published   string  `xml:"pubDate"`
}

type rssGUID struct {
	IsPermaLink bool   `xml:"isPermaLink,attr"`
	Text        string `xml:",chardata"`
}

// atomFeed is a document of Atom (RFC 4287).
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Links   []atomLink  `xml:"link"`
	Updated string      `xml:"updated"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title   string     `xml:"title"`
	ID      string     `xml:"id"`
	Links   []atomLink `xml:"link"`
	Updated string     `xml:"updated"`
	Author  string     `xml:"author>name"`
	Summary string     `xml:"summary"`
}

// sendRSS answers GET /-/changelog/feed.rss.
func (s *server) sendRSS(v *wikiVisit) error {
	entries, err := v.session.Changelog(v.ctx(), wiki.Newest, fed)
	if err != nil {
		return err
	}
	p := v.session.Preferences().Application
	feed := rssFeed{Version: "2.0", Channel: rssChannel{
		Title: "Changes of " + p.SiteName, Link: s.absolute(v, v.root+"/-/changelog"),
		Description: firstNonEmpty(p.SiteDescription, "Recent changes of "+p.SiteName), Language: p.SiteLang,
	}}
	for _, e := range entries {
		address := s.absolute(v, v.root+"/-/commit/"+e.Hash.String())
		feed.Channel.Items = append(feed.Channel.Items, rssItem{
			Title: changeTitle(e), Link: address, Description: changeSummary(e),
			GUID: rssGUID{true, address}, Published: e.At.UTC().Format(time.RFC1123Z),
		})
	}
	if len(entries) > 0 {
		feed.Channel.Built = entries[0].At.UTC().Format(time.RFC1123Z)
	}
	return s.sendXML(v, "application/rss+xml; charset=utf-8", feed)
}

// sendAtom answers GET /-/changelog/feed.atom.
func (s *server) sendAtom(v *wikiVisit) error {
	entries, err := v.session.Changelog(v.ctx(), wiki.Newest, fed)
	if err != nil {
		return err
	}
	own := s.absolute(v, v.root+"/-/changelog/feed.atom")
	feed := atomFeed{
		Title: "Changes of " + v.session.Preferences().Application.SiteName, ID: own,
		Links:   []atomLink{{"self", own}, {"", s.absolute(v, v.root+"/-/changelog")}},
		Updated: v.entry.Created.UTC().Format(time.RFC3339),
	}
	for _, e := range entries {
		address := s.absolute(v, v.root+"/-/commit/"+e.Hash.String())
		feed.Entries = append(feed.Entries, atomEntry{
			Title: changeTitle(e), ID: address, Links: []atomLink{{"", address}},
			Updated: e.At.UTC().Format(time.RFC3339), Author: firstNonEmpty(e.Name, "Unknown"), Summary: changeSummary(e),
		})
	}
	if len(entries) > 0 {
		feed.Updated = entries[0].At.UTC().Format(time.RFC3339)
	}
	return s.sendXML(v, "application/atom+xml; charset=utf-8", feed)
}

// changeTitle is the first line of a commit's message.
func changeTitle(e wiki.Entry) string {
	subject, _, _ := strings.Cut(strings.TrimSpace(e.Message), "\n")
	return firstNonEmpty(subject, "Change "+e.Hash.String()[:8])
}

// maxTold bounds the files that a feed names for one change.
const maxTold = 20

// changeSummary says what a commit changed, in plain text.
func changeSummary(e wiki.Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "By %s.", firstNonEmpty(e.Name, "somebody"))
	for i, c := range e.Changes {
		if i == maxTold {
			fmt.Fprintf(&b, "\nand %d more", len(e.Changes)-maxTold)
			break
		}
		verb := "changed"
		switch {
		case c.Source != "":
			verb = "renamed from " + strings.TrimSuffix(c.Source, ".md")
		case c.IsAdded():
			verb = "added"
		case c.IsDeleted():
			verb = "deleted"
		}
		fmt.Fprintf(&b, "\n%s: %s", strings.TrimSuffix(c.Path, ".md"), verb)
	}
	return b.String()
}

func firstNonEmpty(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// absolute makes an address of this host whole, for those who read it elsewhere.
func (s *server) absolute(v *wikiVisit, path string) string {
	return s.scheme(v.r) + "://" + v.r.Host + path
}

// sendXML answers with a document that may be kept until the wiki changes.
func (s *server) sendXML(v *wikiVisit, mediaType string, document any) error {
	text, err := xml.MarshalIndent(document, "", "  ")
	if err != nil {
		return fmt.Errorf("write feed: %w", err)
	}
	h := v.w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", "private, no-cache")
	v.w.WriteHeader(http.StatusOK)
	_, err = v.w.Write(append([]byte(xml.Header), append(text, '\n')...))
	return err
}
