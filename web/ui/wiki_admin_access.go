package ui

import (
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// WikiPermissionsPage decides whom a wiki admits. It posts the fields of
// [preferences.PermissionsPage] in lower case to
// /-/admin/permissions_and_registration: read_access, write_access and
// attachment_access (ANONYMOUS, REGISTERED, APPROVED, or ADMIN where that is
// stored), auto_approval and disable_registration. The buttons private,
// signed-in and public post the same fields as they are stored, with another
// read_access and, where it would be wider, write_access and attachment_access.
type WikiPermissionsPage struct {
	WikiFrame
	Permissions preferences.Permissions // as stored
	Typed       Typed
	Errors      Errors // by field name in lower case
}

func (WikiPermissionsPage) template() string { return "wiki_admin_permissions" }

// WikiRule is an access rule with what a person needs to read it.
type WikiRule struct {
	ID          int64 // 0 where the visitor may only look
	Rule        access.Rule
	AccountName string // of a rule for one account
}

// WikiRuleForm is what was typed for a new rule.
type WikiRuleForm struct {
	Path    string
	Scope   string // "page" or "tree"; tree when empty
	Who     string // "everybody", "signed-in", "approved", "account"; approved when empty
	Account string // login, handle or e-mail address of "account"
	Grant   string // "-", "R", "RW" or "RWU" as [access.ParseSet] reads; R when empty
}

// WikiRulesPage lists the rules of single pages and trees. It posts path, scope,
// who, account and grant, as in [WikiRuleForm], to /-/admin/rules, and nothing to
// /-/admin/rules/{id}/remove.
type WikiRulesPage struct {
	WikiFrame
	Levels access.Levels // hold where no rule does
	Rules  []WikiRule    // by path
	Form   WikiRuleForm
	Errors Errors // "path", "who", "account", "grant", ""
}

func (WikiRulesPage) template() string { return "wiki_admin_rules" }

// WikiPageAccessPage shows who may do what with one page, at /{page}/access. To
// its own address it posts, for admins of the wiki, either scope, who, account
// and grant for a new rule on the page, or remove={id of a rule}.
type WikiPageAccessPage struct {
	WikiFrame               // PagePath is the page; Can is what the visitor may do with it
	Levels    access.Levels // hold where no rule does
	Deciding  []WikiRule    // the rules that decide on the page
	Others    []WikiRule    // rules that would, if those did not; only for admins
	Form      WikiRuleForm  // its Path is not used
	Errors    Errors        // "who", "account", "grant", ""
}

func (WikiPageAccessPage) template() string { return "wiki_admin_page_access" }

// Summary says in plain words who may do what.
func (p WikiPermissionsPage) Summary() string { return levelsInWords(p.Permissions.Levels) }

// AccessField is the choice of one access level.
type AccessField struct {
	Name    string // of the form's field
	Title   string
	Hint    string
	Options []Option
}

// Fields are the three access levels.
func (p WikiPermissionsPage) Fields() []AccessField {
	levels := p.Permissions.Levels
	return []AccessField{
		{"read_access", "Who may read", "Pages, history, search and feeds.", p.levelOptions("read_access", levels.Read)},
		{"write_access", "Who may write", "Create, change, rename and delete pages. Only those who may read can write.", p.levelOptions("write_access", levels.Write)},
		{"attachment_access", "Who may attach files", "Add, replace and delete files. Only those who may write can attach.", p.levelOptions("attachment_access", levels.Attachment)},
	}
}

func (p WikiPermissionsPage) levelOptions(name string, stored access.Level) []Option {
	chosen := access.ParseLevel(p.Typed.Text(name, stored.String()))
	options := []Option{
		{access.Anonymous.String(), "Everybody", "Also people without an account.", chosen == access.Anonymous},
		{access.Registered.String(), "Everybody who is signed in", "All who have an account on this server.", chosen == access.Registered},
		{access.Approved.String(), "Approved members", "Those whom an admin of this wiki has let in.", chosen == access.Approved},
	}
	if stored == access.OnlyAdmin {
		options = append(options, Option{access.OnlyAdmin.String(), "Nobody but admins",
			"And members with a permission of their own. Once left, this cannot be chosen again.", chosen == access.OnlyAdmin})
	}
	return options
}

// VisibilityForm is a form that makes a wiki private, for signed-in people or
// public at once.
type VisibilityForm struct {
	Option
	Fields []Field // to post
}

// Field is a hidden field of a form.
type Field struct{ Name, Value string }

// Visibilities are the forms that change who may read, and leave the rest as it
// is stored. Nobody may write more widely than read afterwards.
func (p WikiPermissionsPage) Visibilities() []VisibilityForm {
	var forms []VisibilityForm
	levels := [...]access.Level{access.Approved, access.Registered, access.Anonymous}
	for i, option := range visibilityOptions(p.Permissions.Visibility()) {
		fields := []Field{
			{"read_access", levels[i].String()},
			{"write_access", min(p.Permissions.Levels.Write, levels[i]).String()},
			{"attachment_access", min(p.Permissions.Levels.Attachment, levels[i]).String()},
		}
		for _, box := range []struct {
			name   string
			ticked bool
		}{
			{"auto_approval", p.Permissions.AutoApproval},
			// Who could ask a private wiki for access would know that it exists.
			{"disable_registration", p.Permissions.DisableRegistration || levels[i] == access.Approved},
			{"email_needs_confirmation", p.Permissions.EmailNeedsConfirmation},
			{"notify_admins_on_register", p.Permissions.NotifyAdmins},
			{"notify_user_on_approval", p.Permissions.NotifyUser},
		} {
			if box.ticked {
				fields = append(fields, Field{box.name, "True"})
			}
		}
		forms = append(forms, VisibilityForm{Option: option, Fields: fields})
	}
	return forms
}

// Kept are the boxes that Otter Wiki knows and Holt does not use. The form posts
// them as they are stored.
func (p WikiPermissionsPage) Kept() []Field {
	var kept []Field
	for _, f := range p.Visibilities()[0].Fields {
		switch f.Name {
		case "email_needs_confirmation", "notify_admins_on_register", "notify_user_on_approval":
			kept = append(kept, f)
		}
	}
	return kept
}

// WhoOptions are the people whom a rule may speak of.
func (f WikiRuleForm) WhoOptions() []Option {
	chosen := f.Who
	if chosen == "" {
		chosen = "approved"
	}
	return []Option{
		{"everybody", "Everybody", "", chosen == "everybody"},
		{"signed-in", "Everybody who is signed in", "", chosen == "signed-in"},
		{"approved", "Approved members", "", chosen == "approved"},
		{"account", "One account", "", chosen == "account"},
	}
}

// GrantOptions are what a rule may give.
func (f WikiRuleForm) GrantOptions() []Option {
	chosen := f.Grant
	if chosen == "" {
		chosen = access.Read.String()
	}
	var options []Option
	for _, set := range []access.Set{access.None, access.Read, access.Read | access.Write, access.Read | access.Write | access.Upload} {
		options = append(options, Option{set.String(), grantWords(set), "", chosen == set.String()})
	}
	return options
}

// ScopeOptions are how far a rule reaches.
func (f WikiRuleForm) ScopeOptions() []Option {
	return []Option{
		{"tree", "the page and all below it", "", f.Scope != "page"},
		{"page", "this page alone", "", f.Scope == "page"},
	}
}

// Elsewhere says who may do what where no rule decides.
func (p WikiRulesPage) Elsewhere() string { return levelsInWords(p.Levels) }

// Elsewhere says who may do what where no rule decides.
func (p WikiPageAccessPage) Elsewhere() string { return levelsInWords(p.Levels) }
