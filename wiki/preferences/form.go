package preferences

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/holtdb/holt/wiki/access"
)

// FieldErrors says what to change, for each preference by its name in the
// database. The texts are for the person who filled in the form.
type FieldErrors map[string]error

// Error lists the fields in the order of their names.
func (e FieldErrors) Error() string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(e)) {
		lines = append(lines, key+": "+e[key].Error())
	}
	return strings.Join(lines, "; ")
}

// ErrNotHere means a name that is no preference of the page, or one that is
// kept for Otter Wiki and not used.
var ErrNotHere = errors.New("this is no setting of this page")

// Update returns the preferences with some of a page's changed: values are
// texts by name, and what is not among them stays. Values that cannot be saved
// leave their preference as it was, and come back as [FieldErrors].
func (p Preferences) Update(page Page, values map[string]string) (Preferences, error) {
	failed := FieldErrors{}
	next := p
	for key, text := range values {
		i := slices.IndexFunc(table[:], func(f field) bool { return f.key == key })
		if i < 0 || page == noPage || table[i].page != page {
			failed[key] = ErrNotHere
			continue
		}
		changed := next
		if err := table[i].save(&changed, text); err != nil {
			failed[key] = err
			continue
		}
		next = changed
	}
	if len(failed) > 0 {
		return next, failed
	}
	return next, nil
}

// Submit is [Preferences.Update] with the values of an HTML form that shows all
// of a page. Names are taken in any case, as Otter Wiki's forms write them.
// Boxes that the form leaves out are not ticked; other fields that it leaves
// out, and fields that are no preference of the page, change nothing.
func (p Preferences) Submit(page Page, form map[string][]string) (Preferences, error) {
	sent := map[string][]string{}
	for name, texts := range form {
		sent[strings.ToUpper(name)] = texts
	}
	values := map[string]string{}
	for _, f := range table {
		if f.page != page {
			continue
		}
		texts := sent[f.key]
		switch {
		case f.kind == listKind:
			values[f.key] = strings.Join(texts, " ")
		case f.kind == boolKind && len(texts) == 0:
			values[f.key] = "False"
		case f.kind == boolKind && texts[len(texts)-1] == "on":
			values[f.key] = "True"
		case len(texts) > 0:
			values[f.key] = texts[len(texts)-1]
		}
	}
	return p.Update(page, values)
}

// Validate returns [FieldErrors] for the values that could not have been saved
// from a form, such as those set by a program.
func (p Preferences) Validate() error {
	failed := FieldErrors{}
	for _, f := range table {
		var read Preferences
		if err := f.parse(&read, f.format(&p)); err != nil {
			failed[f.key] = err
		}
	}
	if len(failed) > 0 {
		return failed
	}
	return nil
}

// save stores a text that somebody chose. The level ADMIN can be kept, but not
// be chosen: it would shut out those who were admitted before.
func (f field) save(p *Preferences, text string) error {
	if f.kind == levelKind && access.ParseLevel(text) == access.OnlyAdmin && access.ParseLevel(f.format(p)) != access.OnlyAdmin {
		return errLevel
	}
	return f.parse(p, text)
}
