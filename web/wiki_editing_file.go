package web

import (
	"errors"
	"fmt"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
)

// fileForm answers POST /{page}/attachment/{file}: operation says whether the
// file is renamed, replaced or deleted. An Otter Wiki's forms say it by their
// fields alone.
func (s *server) fileForm(v *wikiVisit) error {
	u := &upload{fields: map[string]string{}}
	if isMultipart(v.r) {
		// Only those may send files who may also store them.
		if err := v.need(access.Upload); err != nil {
			return err
		}
		var err error
		if u, err = receiveForm(v); err != nil {
			return s.refuseFile(v, u, "file", err)
		}
		defer u.close()
	} else {
		if err := readForm(v.visit); err != nil {
			return err
		}
		for name := range v.r.PostForm {
			u.fields[name] = v.r.PostForm.Get(name)
		}
	}
	operation := u.fields["operation"]
	switch {
	case operation == "delete" || operation == "" && u.fields["delete"] != "":
		return s.deleteFile(v, u)
	case operation == "rename" || operation == "" && u.fields["new_filename"] != "":
		return s.renameFile(v, u)
	case operation == "replace":
		return s.replaceFile(v, u)
	}
	return fmt.Errorf("%w: rename the file, replace it or delete it", wiki.ErrInvalid)
}

// need fails unless the visitor has a permission for the page of the address.
func (v *wikiVisit) need(need access.Set) error {
	view := v.session.View()
	if view.Can(v.page.String(), need) {
		return nil
	}
	return &wiki.Forbidden{Need: need, Reason: view.Reason()}
}

func (s *server) deleteFile(v *wikiVisit, u *upload) error {
	if err := s.mayChange(v); err != nil {
		return s.refuseFile(v, u, "", err)
	}
	if err := v.session.DeleteAttachment(v.ctx(), v.page, v.places["file"], u.fields["message"]); err != nil {
		return err
	}
	return v.redirect(v.url(v.page.String()) + "/attachments?notice=file-deleted")
}

func (s *server) renameFile(v *wikiVisit, u *upload) error {
	if err := v.need(access.Upload); err != nil {
		return err
	}
	if err := s.mayChange(v); err != nil {
		return s.refuseFile(v, u, "new_filename", err)
	}
	to, err := wiki.CleanFileName(u.fields["new_filename"])
	if err != nil {
		return s.refuseFile(v, u, "new_filename", err)
	}
	if to == v.places["file"] {
		return v.redirect(v.fileAbout(to) + "?notice=unchanged")
	}
	if err := v.session.RenameAttachment(v.ctx(), v.page, v.places["file"], to, u.fields["message"]); err != nil {
		return s.refuseFile(v, u, "new_filename", err)
	}
	return v.redirect(v.fileAbout(to) + "?notice=file-renamed")
}

func (s *server) replaceFile(v *wikiVisit, u *upload) error {
	file := v.places["file"]
	if _, err := v.session.Attachment(v.ctx(), v.page, file); err != nil {
		return err
	}
	if len(u.files) != 1 {
		return s.refuseFile(v, u, "file", fmt.Errorf("%w: choose a file", wiki.ErrInvalid))
	}
	if err := s.mayChange(v); err != nil {
		return s.refuseFile(v, u, "file", err)
	}
	message := firstNonEmpty(u.fields["message"], "Replaced "+file)
	_, err := v.session.Attach(v.ctx(), wiki.Upload{
		Page: v.page, File: file, Data: u.files[0].data, Size: u.files[0].size, Replace: true, Message: message,
	})
	if err != nil {
		return s.refuseFile(v, u, "file", err)
	}
	return v.redirect(v.fileAbout(file) + "?notice=replaced")
}

// fileAbout is the address of the page about an attachment.
func (v *wikiVisit) fileAbout(file string) string {
	return v.url(v.page.String() + "/attachment/" + file)
}

// refuseFile shows the page about the file again where another name or file
// would do.
func (s *server) refuseFile(v *wikiVisit, u *upload, field string, err error) error {
	p, ok := fileRefusal(err)
	if !ok || errors.Is(err, wiki.ErrNotFound) {
		return err
	}
	infoOf(v.ctx()).err = err
	p.sayWhenToRetry(v.w.Header())
	nameAs := firstNonEmpty(u.fields["new_filename"], v.places["file"])
	return s.showFile(v, p.status, nameAs, u.fields["message"], ui.Errors{field: p.message})
}
