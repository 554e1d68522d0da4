package ui

import (
	"github.com/holtdb/holt/platform"
)

// SignInPage posts login, password and next to /signin.
type SignInPage struct {
	Frame
	Login        string // as typed
	Next         string // where to go afterwards
	Registration bool   // offers /register
	Errors       Errors
}

func (SignInPage) template() string { return "signin" }

// Way is how a person comes to an account.
type Way string

// The ways.
const (
	BySetup      Way = "setup"      // the first administrator
	ByInvitation Way = "invitation" // a link from an administrator
	ByThemselves Way = "register"   // open registration
)

// JoinPage makes an account. It posts login, name and password to Action.
type JoinPage struct {
	Frame
	Way    Way
	Action string // "/setup/{secret}", "/invite/{secret}" or "/register"
	By     string // the name of who invited
	Login  string // as typed
	Shown  string // the name to be shown, as typed
	Errors Errors
}

func (JoinPage) template() string { return "join" }

// MinPassword is the shortest password that is accepted.
func (JoinPage) MinPassword() int { return platform.MinPassword }

// AccountPage is what a person sees of their own account. Its forms post
//
//	name                      to /account
//	old, new                  to /account/password
//	name, scope, days         to /account/tokens
//	session (or all=others)   to /account/sessions/end
//
// and nothing to /account/tokens/{id}/revoke.
type AccountPage struct {
	Frame
	Account        platform.Account
	Quota          Quota
	Sessions       []platform.SessionInfo
	CurrentSession string // ID of the session that asks; "" without one
	Tokens         []platform.TokenInfo
	NewToken       string // a secret just made, shown this once
	Shown          string // the name, as typed
	Token          TokenForm
	Errors         Errors // "name"; "old", "new"; "token", "scope", "days"
}

func (AccountPage) template() string { return "account" }

// MinPassword is the shortest password that is accepted.
func (AccountPage) MinPassword() int { return platform.MinPassword }

// TokenForm is what was typed for a new API token.
type TokenForm struct {
	Name  string
	Scope platform.Scope // read when empty
	Days  int            // until it expires; 90 when 0
}

// TokenDays are the lives of a token that can be chosen, in days.
func (AccountPage) TokenDays() []int { return []int{7, 30, 90, 365} }
