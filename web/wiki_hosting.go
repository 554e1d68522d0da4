package web

import (
	"context"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// setVisibility changes who may read a wiki. A private one takes no requests for
// access either: they would tell that it exists.
func setVisibility(ctx context.Context, session *wiki.Session, v preferences.Visibility) error {
	level := access.Approved
	switch v {
	case preferences.SignedIn:
		level = access.Registered
	case preferences.Public:
		level = access.Anonymous
	}
	now := session.Preferences().Permissions
	// A box that the form leaves out would be taken for one that is not ticked.
	return session.SavePreferences(ctx, preferences.PermissionsPage, map[string][]string{
		"READ_ACCESS":               {level.String()},
		"AUTO_APPROVAL":             {boxValue(now.AutoApproval)},
		"DISABLE_REGISTRATION":      {boxValue(now.DisableRegistration || v == preferences.Private)},
		"EMAIL_NEEDS_CONFIRMATION":  {boxValue(now.EmailNeedsConfirmation)},
		"NOTIFY_ADMINS_ON_REGISTER": {boxValue(now.NotifyAdmins)},
		"NOTIFY_USER_ON_APPROVAL":   {boxValue(now.NotifyUser)},
	})
}

// setGitServer switches the git server of a wiki on or off.
func setGitServer(ctx context.Context, session *wiki.Session, on bool) error {
	return session.SavePreferences(ctx, preferences.RepositoryPage, map[string][]string{"GIT_WEB_SERVER": {boxValue(on)}})
}

// boxValue is a box of a form of preferences.
func boxValue(on bool) string {
	if on {
		return "True"
	}
	return "False"
}
