package preferences

import "github.com/holtdb/holt/wiki/access"

// Preferences are all settings of one wiki. [Parse] makes them; the zero value
// is no wiki's. They are copied by assignment, and the lists in them are not to
// be written to.
type Preferences struct {
	Application Application
	Permissions Permissions
	Content     Content
	Sidebar     Sidebar
	Repository  Repository
	Mail        Mail
}

// Application is how the wiki presents itself.
type Application struct {
	SiteName          string // SITE_NAME
	SiteDescription   string // SITE_DESCRIPTION
	SiteLogo          string // SITE_LOGO: an address, see [SafeLink]
	SiteIcon          string // SITE_ICON: an address, see [SafeLink]
	SiteLang          string // SITE_LANG: a language tag
	ServerName        string // SERVER_NAME: kept, not used
	Robots            Robots // ROBOTS_TXT
	HomePage          string // HOME_PAGE: see [Application.Home]
	HideLogo          bool   // HIDE_LOGO
	OpenLinksInNewTab bool   // OPEN_LINKS_IN_NEW_TAB
}

// Permissions are whom the wiki admits, and how people get in.
type Permissions struct {
	Levels                 access.Levels // READ_ACCESS, WRITE_ACCESS, ATTACHMENT_ACCESS
	AutoApproval           bool          // AUTO_APPROVAL: who asks for access has it at once
	DisableRegistration    bool          // DISABLE_REGISTRATION: nobody can ask for access
	EmailNeedsConfirmation bool          // EMAIL_NEEDS_CONFIRMATION
	NotifyAdmins           bool          // NOTIFY_ADMINS_ON_REGISTER
	NotifyUser             bool          // NOTIFY_USER_ON_APPROVAL
}

// Content is how pages are named, written and shown.
type Content struct {
	CommitMessage        CommitMessage // COMMIT_MESSAGE
	DefaultCommitMessage string        // DEFAULT_COMMIT_MESSAGE: for [ExpandCommitMessage]
	WikilinkStyle        WikilinkStyle // WIKILINK_STYLE
	RetainPageNameCase   bool          // RETAIN_PAGE_NAME_CASE
	UnderscoreAsSpace    bool          // TREAT_UNDERSCORE_AS_SPACE_FOR_TITLES

	TemplateTree    string // HOLT_TEMPLATE_TREE: pages below it are templates for new ones; empty for none
	RenameRedirects bool   // HOLT_RENAME_REDIRECTS: the old address of a renamed page leads to it
	AttachmentLimit int    // HOLT_ATTACHMENT_LIMIT: of one file in MiB; 0 leaves it to the server
}

// Sidebar is what stands beside the pages.
type Sidebar struct {
	Shortcuts  []Shortcut    // SIDEBAR_SHORTCUTS
	CustomMenu []MenuItem    // SIDEBAR_CUSTOM_MENU
	Menutree   MenutreeMode  // SIDEBAR_MENUTREE_MODE
	MaxDepth   int           // SIDEBAR_MENUTREE_MAXDEPTH: levels of the tree; 0 for all
	Focus      MenutreeFocus // SIDEBAR_MENUTREE_FOCUS
	IgnoreCase bool          // SIDEBAR_MENUTREE_IGNORE_CASE
}

// Repository is what git may do. The settings of remote repositories are kept
// for Otter Wiki, and not used.
type Repository struct {
	GitWebServer  bool   // GIT_WEB_SERVER
	PushEnabled   bool   // GIT_REMOTE_PUSH_ENABLED
	PushURL       string // GIT_REMOTE_PUSH_URL
	PushKey       Secret // GIT_REMOTE_PUSH_PRIVATE_KEY
	PullEnabled   bool   // GIT_REMOTE_PULL_ENABLED
	PullURL       string // GIT_REMOTE_PULL_URL
	PullKey       Secret // GIT_REMOTE_PULL_PRIVATE_KEY
	PullURLSecure bool   // GIT_REMOTE_PULL_URL_SECURE
}

// Mail is how Otter Wiki sends mail. It is kept, and not used.
type Mail struct {
	DefaultSender string // MAIL_DEFAULT_SENDER
	Server        string // MAIL_SERVER
	Port          int    // MAIL_PORT: 0 when not set
	Username      string // MAIL_USERNAME
	Password      Secret // MAIL_PASSWORD
	UseTLS        bool   // MAIL_USE_TLS
	UseSSL        bool   // MAIL_USE_SSL
}

// Secret is a text that printing, logging and templates hide.
type Secret string

const hidden = "(hidden)"

// String returns a placeholder.
func (Secret) String() string { return hidden }

// GoString returns a placeholder.
func (Secret) GoString() string { return hidden }

// MarshalText returns a placeholder.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Parse reads the rows of a preferences table. A missing row has Otter Wiki's
// default, except that the three access levels are then
// [access.OnlyAdmin], the safest. Unknown values are the safe ones.
func Parse(rows map[string]string) Preferences {
	var p Preferences
	for _, f := range table {
		text, ok := rows[f.key]
		if !ok {
			text = f.preset
		}
		// What an error leaves behind is the safe value.
		_ = f.parse(&p, text)
	}
	return p
}

// Rows returns the rows that differ from the defaults, for a new table. The
// three access levels are always among them: Otter Wiki takes a missing one for
// ANONYMOUS.
func (p Preferences) Rows() map[string]string {
	rows := map[string]string{}
	usual := Parse(nil)
	for _, f := range table {
		if text := f.format(&p); f.kind == levelKind || text != f.format(&usual) {
			rows[f.key] = text
		}
	}
	return rows
}

// Changes returns the rows to store when old becomes new: those of the settings
// that differ, and no others. A form saved as it was opened changes nothing,
// and rows with values not understood here survive until they are changed.
func Changes(old, new Preferences) map[string]string {
	rows := map[string]string{}
	for _, f := range table {
		if text := f.format(&new); text != f.format(&old) {
			rows[f.key] = text
		}
	}
	return rows
}
