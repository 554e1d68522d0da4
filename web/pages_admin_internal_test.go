package web

import (
	"net/url"
	"testing"

	"github.com/holtdb/holt/platform"
)

// TestTierForm reads forms with and without the boxes about models.
func TestTierForm(t *testing.T) {
	sizes := "name=lab&documents=1&file_mb=2&database_mb=3&upload_mb=4&wikis=5&wiki_mb=6&wiki_pages=7&attachment_mb=8"
	const mb = 1 << 20
	limits := platform.Tier{
		Name: "lab", Documents: 1, FileBytes: 2 * mb, DatabaseBytes: 3 * mb, UploadBytes: 4 * mb,
		Wikis: 5, WikiBytes: 6 * mb, WikiPages: 7, AttachmentBytes: 8 * mb,
	}
	for _, test := range []struct {
		form      string
		now       platform.Tier
		chat, own bool
	}{
		{"", platform.Tier{Chat: true, OwnModels: true}, true, true},
		{"", platform.Tier{}, false, false},
		{"&chat=no&own_models=no", platform.Tier{Chat: true, OwnModels: true}, false, false},
		{"&chat=no&chat=yes&own_models=no", platform.Tier{OwnModels: true}, true, false},
		{"&own_models=yes", platform.Tier{Chat: true}, true, true},
	} {
		form, err := url.ParseQuery(sizes + test.form)
		if err != nil {
			t.Fatal(err)
		}
		want := limits
		want.Chat, want.OwnModels = test.chat, test.own
		if got, wrong := tierOf(form, test.now); got != want || len(wrong) > 0 {
			t.Errorf("%q with %+v: %+v, %v", test.form, test.now, got, wrong)
		}
	}
}
