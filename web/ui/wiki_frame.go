package ui

import (
	"net/url"
	"slices"
	"strings"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// WikiFrame is what surrounds every page of a wiki. Frame.Search is what stands
// in the field that searches the wiki.
type WikiFrame struct {
	Frame
	Root        string // what the addresses of the wiki begin with: "/w/garden", or "" on a host of its own
	Platform    string // the origin of the platform for a wiki on a host of its own, else ""
	Slug        string
	SiteName    string
	Description string
	Logo        string // the address of a picture; "" shows none
	Lang        string // a language tag; "" is English
	Sidebar     preferences.Sidebar
	Tree        []*wiki.Node // the whole tree, or the part that the preferences ask for
	PagePath    string       // of the page that is shown or acted on; "" on the wiki's own pages
	PageTitle   string       // its title; "" takes the last part of the path
	Can         access.Set   // what the visitor may do with that page
	Base        access.Set   // what the visitor may do in the wiki as a whole
	SignInURL   string       // leads back to this page; "" where nobody can sign in
	Notice      string       // what the platform's ceiling takes away, and why: a whole sentence
}

func (WikiFrame) layout() string { return "wiki-layout" }

// SignedIn reports whether the visitor has an account.
func (f WikiFrame) SignedIn() bool { return f.Name != "" }

// Language is the language of the page for browsers and readers.
func (f WikiFrame) Language() string {
	if f.Lang == "" {
		return "en"
	}
	return f.Lang
}

// URL is the address of a page.
func (f WikiFrame) URL(page string) string { return wiki.URL(f.Root, page) }

// HomeURL is where the wiki begins.
func (f WikiFrame) HomeURL() string { return f.Root + "/" }

// To is the address of something about the frame's page, such as "history" or
// "diff/1f3a/HEAD".
func (f WikiFrame) To(what string) string { return f.Of(f.PagePath, what) }

// Of is the address of something about a page.
func (f WikiFrame) Of(page, what string) string { return f.URL(page) + "/" + what }

// Own is the address of one of the wiki's own pages, such as "changelog".
func (f WikiFrame) Own(what string) string { return f.Root + "/-/" + what }

// At is the address of the frame's page as it was at a revision.
func (f WikiFrame) At(revision string) string {
	return address(f.URL(f.PagePath), url.Values{"revision": {revision}})
}

// File is the address of a page's attachment.
func (f WikiFrame) File(page, name string) string { return wiki.AttachmentURL(f.Root, page, name) }

// FileAbout is the address of the page about an attachment of the frame's page.
func (f WikiFrame) FileAbout(name string) string { return f.To("attachment/" + url.PathEscape(name)) }

// Thumbnail is the address of a small picture of an attachment.
func (f WikiFrame) Thumbnail(page, name string) string { return f.Of(page, "t/"+url.PathEscape(name)) }

// TagURL is the address of the pages that have a tag.
func (f WikiFrame) TagURL(tag string) string { return f.Own("tags/" + url.PathEscape(tag)) }

// CreateURL is the form for a new page, with the beginning of its name.
func (f WikiFrame) CreateURL(name string) string {
	return address(f.Own("create"), url.Values{"pagename": {name}})
}

// OnPlatform is the address of a page of the platform.
func (f WikiFrame) OnPlatform(path string) string { return f.Platform + path }

// posted is where a form of the frame posts to. A page cannot post to another
// origin, so a wiki on a host of its own answers such forms itself.
func (f WikiFrame) posted(platform, own string) string {
	if f.Platform == "" {
		return platform
	}
	return f.Own(own)
}

// ThemeURL is where the choice of a theme is posted to.
func (f WikiFrame) ThemeURL() string { return f.posted("/theme", "theme") }

// SignOutURL is where signing out is posted to.
func (f WikiFrame) SignOutURL() string { return f.posted("/signout", "logout") }

// Reads reports whether the visitor may read the wiki at least in parts: only
// then is its frame filled.
func (f WikiFrame) Reads() bool { return f.Base.Has(access.Read) || f.Can.Has(access.Read) }

// CanWrite reports whether the visitor may change the frame's page.
func (f WikiFrame) CanWrite() bool { return f.PagePath != "" && f.Can.Has(access.Write) }

// CanUpload reports whether the visitor may attach files to the frame's page.
func (f WikiFrame) CanUpload() bool { return f.PagePath != "" && f.Can.Has(access.Upload) }

// CanCreate reports whether the visitor may create pages.
func (f WikiFrame) CanCreate() bool { return f.Base.Has(access.Write) }

// Governs reports whether the visitor is an admin of the wiki.
func (f WikiFrame) Governs() bool { return f.Base.Has(access.Admin) }

// CanRevert reports whether the visitor may take commits back.
func (f WikiFrame) CanRevert() bool { return f.Base.Has(access.Write) }

// Crumb is one step of the way from the wiki's root to a page.
type Crumb struct{ Label, URL string }

// Crumbs are the folders above the frame's page and the page itself.
func (f WikiFrame) Crumbs() []Crumb {
	if f.PagePath == "" {
		return nil
	}
	var crumbs []Crumb
	path := ""
	for segment := range strings.SplitSeq(f.PagePath, "/") {
		path = strings.TrimPrefix(path+"/"+segment, "/")
		crumbs = append(crumbs, Crumb{Label: segment, URL: f.URL(path)})
	}
	crumbs[len(crumbs)-1].Label = f.Shown()
	if len(crumbs) == 1 && crumbs[0].Label == f.SiteName {
		crumbs[0].Label = f.PagePath // the step before says the same as the title
	}
	return crumbs
}

// Shown is the title of the frame's page, as far as the frame knows it.
func (f WikiFrame) Shown() string {
	if f.PageTitle != "" {
		return f.PageTitle
	}
	if title := titleIn(f.Tree, f.PagePath); title != "" {
		return title
	}
	return f.PagePath[strings.LastIndexByte(f.PagePath, '/')+1:]
}

// Folder is the path above the frame's page, with a slash at its end; "" at the
// top.
func (f WikiFrame) Folder() string { return f.PagePath[:strings.LastIndexByte(f.PagePath, '/')+1] }

// Shortcut is a link at the head of the rail.
type Shortcut struct {
	Label, URL string
	Icon       preferences.Shortcut
	Current    bool
}

// Shortcuts are the links that the preferences want at the head of the rail.
func (f WikiFrame) Shortcuts() []Shortcut {
	offered := []Shortcut{
		{Label: "Home", URL: f.HomeURL(), Icon: preferences.ShortcutHome},
		{Label: "All pages", URL: f.Own("index"), Icon: preferences.ShortcutPageIndex},
		{Label: "Recent changes", URL: f.Own("changelog"), Icon: preferences.ShortcutChangelog},
		{Label: "Create page", URL: f.CreateURL(f.Folder()), Icon: preferences.ShortcutCreatePage},
	}
	here, _, _ := strings.Cut(f.Path, "?")
	var shown []Shortcut
	for _, s := range offered {
		if !slices.Contains(f.Sidebar.Shortcuts, s.Icon) || s.Icon == preferences.ShortcutCreatePage && !f.CanCreate() {
			continue
		}
		s.Current = s.URL == here
		shown = append(shown, s)
	}
	return shown
}

// MenuURL is the address of an entry of the custom menu, "" for one that leads
// nowhere. Local links start from the wiki's root.
func (f WikiFrame) MenuURL(item preferences.MenuItem) string {
	if item.Link == "" || item.IsSeparator() || preferences.SafeLink(item.Link) != nil {
		return ""
	}
	head, _, _ := strings.Cut(item.Link, "/")
	switch {
	case strings.HasPrefix(item.Link, "/"):
		return f.Root + item.Link
	case strings.Contains(head, ":"), strings.HasPrefix(item.Link, "#"):
		return item.Link
	default:
		return f.Root + "/" + item.Link
	}
}

// LogoURL is the address of the logo, "" for none. A local one starts from the
// wiki's root.
func (f WikiFrame) LogoURL() string { return f.MenuURL(preferences.MenuItem{Link: f.Logo}) }
