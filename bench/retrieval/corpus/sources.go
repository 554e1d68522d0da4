package corpus

// Source is a kind of files in the packages.
type Source struct {
	Name  string   // short, the beginning of file names
	Glob  []string // below the root
	Write func(data []byte) (Document, error)
	// FAQ reads a file that has questions; nil where Write reads distractors.
	FAQ func(data []byte) (Document, error)
}

// Document is a file as a person would have it.
type Document struct {
	Ext       string // with the dot
	Data      []byte
	Questions []Question
}

// Question is one that a document answers under a label.
type Question struct {
	Text, Label string
	Answer      string // its text or markup, to be searched for the question
}

// packages are what is fetched.
func packages() []string {
	return []string{
		"perl-doc", "python3.11-doc", "debian-faq", "r-doc-html", "fetchmail", "git-doc", "sqlite3-doc", "zsh-common",
		"postgresql-doc-15", "debian-reference-en", "r-doc-pdf",
	}
}

// sources are the rules by which documents are made of the packages' files.
func sources() []Source {
	return []Source{
		{Name: "perl", Glob: []string{"usr/share/perl/*/pod/perlfaq[1-9].pod"}, FAQ: podFAQ},
		{Name: "python", Glob: []string{"usr/share/doc/python3.11/html/faq/*.html"}, FAQ: htmlFAQ},
		{Name: "debian", Glob: []string{"usr/share/doc/debian/FAQ/*.en.html"}, FAQ: htmlFAQ},
		{Name: "r", Glob: []string{"usr/share/R/doc/manual/R-FAQ.html"}, FAQ: htmlFAQ},
		{Name: "fetchmail", Glob: []string{"usr/share/doc/fetchmail/fetchmail-FAQ.html"}, FAQ: htmlFAQ},
		{Name: "git", Glob: []string{"usr/share/doc/git-doc/gitfaq.html"}, FAQ: htmlFAQ},
		{Name: "sqlite", Glob: []string{"usr/share/doc/sqlite3/faq.html"}, FAQ: htmlFAQ},
		{Name: "zsh", Glob: []string{"usr/share/doc/zsh-common/FAQ.gz"}, FAQ: textFAQ},

		{Name: "perl", Glob: []string{"usr/share/perl/*/pod/*.pod"}, Write: podManual},
		{Name: "python", Glob: []string{"usr/share/doc/python3.11/html/*.html", "usr/share/doc/python3.11/html/*/*.html"}, Write: asHTML},
		{Name: "r", Glob: []string{"usr/share/R/doc/manual/R-[^F]*.pdf"}, Write: asPDF},
		{Name: "git", Glob: []string{"usr/share/doc/git-doc/*.html", "usr/share/doc/git-doc/*/*.html"}, Write: asHTML},
		{Name: "sqlite", Glob: []string{"usr/share/doc/sqlite3/*.html", "usr/share/doc/sqlite3/*/*.html"}, Write: asHTML},
		{Name: "postgresql", Glob: []string{"usr/share/doc/postgresql-doc-15/html/*.html"}, Write: asHTML},
		{Name: "debian-reference", Glob: []string{"usr/share/debian-reference/*.en.html"}, Write: asHTML},
		{Name: "zsh", Glob: []string{"usr/share/doc/zsh-common/*.gz"}, Write: asText},
	}
}

func asHTML(data []byte) (Document, error) { return Document{Ext: ".html", Data: data}, nil }
func asPDF(data []byte) (Document, error)  { return Document{Ext: ".pdf", Data: data}, nil }
func asText(data []byte) (Document, error) { return Document{Ext: ".txt", Data: data}, nil }
