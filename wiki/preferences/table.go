package preferences

import "github.com/holtdb/holt/wiki/access"

// Page is a page of a wiki's settings.
type Page uint8

// Pages of settings, as Otter Wiki divides them.
const (
	noPage Page = iota // kept for Otter Wiki, not to be changed here
	ApplicationPage
	PermissionsPage // permissions and registration
	ContentPage     // content and editing
	SidebarPage
	RepositoryPage
)

// kind is what a form has to know of a field.
type kind uint8

const (
	textKind  kind = iota
	boolKind       // a box, which a form leaves out when it is not ticked
	listKind       // boxes, of which a form has those that are ticked
	levelKind      // an access level
)

// field is one row of the preferences table.
type field struct {
	key    string
	page   Page
	kind   kind
	preset string // the text of a row that is missing
	codec
}

// codec moves the text of a row into its place in Preferences and back. Parse
// stores the safe value when it fails.
type codec struct {
	parse  func(p *Preferences, text string) error
	format func(p *Preferences) string
}

// in makes the codec of a place from the parser and the writer of its type.
func in[T any](place func(*Preferences) *T, parse func(string) (T, error), format func(T) string) codec {
	return codec{
		parse: func(p *Preferences, text string) error {
			value, err := parse(text)
			*place(p) = value
			return err
		},
		format: func(p *Preferences) string { return format(*place(p)) },
	}
}

const (
	defaultSiteName     = "An Otter Wiki"
	maxAttachmentMiB    = 1 << 20
	maxMenutreeDepth    = 100
	maxDescription      = 1000
	maxCommitMessage    = 1000
	defaultTemplateTree = "Templates"
)

// table has all preferences, with Otter Wiki's names and defaults. A missing
// access level is the safest.
var table = [...]field{
	{"SITE_NAME", ApplicationPage, textKind, defaultSiteName,
		in(func(p *Preferences) *string { return &p.Application.SiteName }, siteName, plain)},
	{"SITE_DESCRIPTION", ApplicationPage, textKind, "",
		in(func(p *Preferences) *string { return &p.Application.SiteDescription }, oneLine(maxDescription), plain)},
	{"SITE_LOGO", ApplicationPage, textKind, "",
		in(func(p *Preferences) *string { return &p.Application.SiteLogo }, parseImage, plain)},
	{"SITE_ICON", ApplicationPage, textKind, "",
		in(func(p *Preferences) *string { return &p.Application.SiteIcon }, parseImage, plain)},
	{"SITE_LANG", ApplicationPage, textKind, "en",
		in(func(p *Preferences) *string { return &p.Application.SiteLang }, parseLanguage, plain)},
	{"SERVER_NAME", noPage, textKind, "",
		in(func(p *Preferences) *string { return &p.Application.ServerName }, asIs, plain)},
	{"ROBOTS_TXT", ApplicationPage, textKind, string(RobotsAllow),
		in(func(p *Preferences) *Robots { return &p.Application.Robots }, choose(RobotsDisallow, RobotsAllow), plain)},
	{"HOME_PAGE", ApplicationPage, textKind, "",
		in(func(p *Preferences) *string { return &p.Application.HomePage }, parseHome, plain)},
	{"HIDE_LOGO", ApplicationPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Application.HideLogo }, parseBool(false), formatBool)},
	{"OPEN_LINKS_IN_NEW_TAB", ApplicationPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Application.OpenLinksInNewTab }, parseBool(false), formatBool)},

	{"READ_ACCESS", PermissionsPage, levelKind, "ADMIN",
		in(func(p *Preferences) *access.Level { return &p.Permissions.Levels.Read }, parseLevel, access.Level.String)},
	{"WRITE_ACCESS", PermissionsPage, levelKind, "ADMIN",
		in(func(p *Preferences) *access.Level { return &p.Permissions.Levels.Write }, parseLevel, access.Level.String)},
	{"ATTACHMENT_ACCESS", PermissionsPage, levelKind, "ADMIN",
		in(func(p *Preferences) *access.Level { return &p.Permissions.Levels.Attachment }, parseLevel, access.Level.String)},
	{"AUTO_APPROVAL", PermissionsPage, boolKind, "True",
		in(func(p *Preferences) *bool { return &p.Permissions.AutoApproval }, parseBool(false), formatBool)},
	{"DISABLE_REGISTRATION", PermissionsPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Permissions.DisableRegistration }, parseBool(true), formatBool)},
	{"EMAIL_NEEDS_CONFIRMATION", PermissionsPage, boolKind, "True",
		in(func(p *Preferences) *bool { return &p.Permissions.EmailNeedsConfirmation }, parseBool(true), formatBool)},
	{"NOTIFY_ADMINS_ON_REGISTER", PermissionsPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Permissions.NotifyAdmins }, parseBool(false), formatBool)},
	{"NOTIFY_USER_ON_APPROVAL", PermissionsPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Permissions.NotifyUser }, parseBool(false), formatBool)},

	{"COMMIT_MESSAGE", ContentPage, textKind, string(MessageRequired),
		in(func(p *Preferences) *CommitMessage { return &p.Content.CommitMessage }, choose(MessageRequired, MessageOptional, MessageDisabled), plain)},
	{"DEFAULT_COMMIT_MESSAGE", ContentPage, textKind, "",
		in(func(p *Preferences) *string { return &p.Content.DefaultCommitMessage }, oneLine(maxCommitMessage), plain)},
	{"WIKILINK_STYLE", ContentPage, textKind, string(TitleLink),
		in(func(p *Preferences) *WikilinkStyle { return &p.Content.WikilinkStyle }, choose(TitleLink, LinkTitle), plain)},
	{"RETAIN_PAGE_NAME_CASE", ContentPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Content.RetainPageNameCase }, parseBool(false), formatBool)},
	{"TREAT_UNDERSCORE_AS_SPACE_FOR_TITLES", ContentPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Content.UnderscoreAsSpace }, parseBool(false), formatBool)},
	{"HOLT_TEMPLATE_TREE", ContentPage, textKind, defaultTemplateTree,
		in(func(p *Preferences) *string { return &p.Content.TemplateTree }, parsePage, plain)},
	{"HOLT_RENAME_REDIRECTS", ContentPage, boolKind, "True",
		in(func(p *Preferences) *bool { return &p.Content.RenameRedirects }, parseBool(false), formatBool)},
	{"HOLT_ATTACHMENT_LIMIT", ContentPage, textKind, "",
		in(func(p *Preferences) *int { return &p.Content.AttachmentLimit }, parseNumber(maxAttachmentMiB), formatNumber)},

	{"SIDEBAR_SHORTCUTS", SidebarPage, listKind, "home pageindex createpage",
		in(func(p *Preferences) *[]Shortcut { return &p.Sidebar.Shortcuts }, parseShortcuts, formatShortcuts)},
	{"SIDEBAR_CUSTOM_MENU", SidebarPage, textKind, "",
		in(func(p *Preferences) *[]MenuItem { return &p.Sidebar.CustomMenu }, ParseMenu, FormatMenu)},
	{"SIDEBAR_MENUTREE_MODE", SidebarPage, textKind, string(MenutreeSorted),
		in(func(p *Preferences) *MenutreeMode { return &p.Sidebar.Menutree }, choose(MenutreeSorted, MenutreeOff, MenutreeDirectoriesGrouped, MenutreeDirectoriesOnly), plain)},
	{"SIDEBAR_MENUTREE_MAXDEPTH", SidebarPage, textKind, "",
		in(func(p *Preferences) *int { return &p.Sidebar.MaxDepth }, parseNumber(maxMenutreeDepth), formatNumber)},
	{"SIDEBAR_MENUTREE_FOCUS", SidebarPage, textKind, string(FocusSubtree),
		in(func(p *Preferences) *MenutreeFocus { return &p.Sidebar.Focus }, choose(FocusSubtree, FocusTop, FocusOff), plain)},
	{"SIDEBAR_MENUTREE_IGNORE_CASE", SidebarPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Sidebar.IgnoreCase }, parseBool(false), formatBool)},

	{"GIT_WEB_SERVER", RepositoryPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Repository.GitWebServer }, parseBool(false), formatBool)},
	{"GIT_REMOTE_PUSH_ENABLED", noPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Repository.PushEnabled }, parseBool(false), formatBool)},
	{"GIT_REMOTE_PUSH_URL", noPage, textKind, "",
		in(func(p *Preferences) *string { return &p.Repository.PushURL }, asIs, plain)},
	{"GIT_REMOTE_PUSH_PRIVATE_KEY", noPage, textKind, "",
		in(func(p *Preferences) *Secret { return &p.Repository.PushKey }, asIs, plain)},
	{"GIT_REMOTE_PULL_ENABLED", noPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Repository.PullEnabled }, parseBool(false), formatBool)},
	{"GIT_REMOTE_PULL_URL", noPage, textKind, "",
		in(func(p *Preferences) *string { return &p.Repository.PullURL }, asIs, plain)},
	{"GIT_REMOTE_PULL_PRIVATE_KEY", noPage, textKind, "",
		in(func(p *Preferences) *Secret { return &p.Repository.PullKey }, asIs, plain)},
	{"GIT_REMOTE_PULL_URL_SECURE", noPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Repository.PullURLSecure }, parseBool(false), formatBool)},

	{"MAIL_DEFAULT_SENDER", noPage, textKind, "",
		in(func(p *Preferences) *string { return &p.Mail.DefaultSender }, asIs, plain)},
	{"MAIL_SERVER", noPage, textKind, "",
		in(func(p *Preferences) *string { return &p.Mail.Server }, asIs, plain)},
	{"MAIL_PORT", noPage, textKind, "",
		in(func(p *Preferences) *int { return &p.Mail.Port }, parseNumber(1<<16-1), formatNumber)},
	{"MAIL_USERNAME", noPage, textKind, "",
		in(func(p *Preferences) *string { return &p.Mail.Username }, asIs, plain)},
	{"MAIL_PASSWORD", noPage, textKind, "",
		in(func(p *Preferences) *Secret { return &p.Mail.Password }, asIs, plain)},
	{"MAIL_USE_TLS", noPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Mail.UseTLS }, parseBool(false), formatBool)},
	{"MAIL_USE_SSL", noPage, boolKind, "False",
		in(func(p *Preferences) *bool { return &p.Mail.UseSSL }, parseBool(false), formatBool)},
}
