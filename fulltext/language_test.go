package fulltext_test

import (
	"strings"
	"testing"

	"github.com/holtdb/holt/fulltext"
)

func TestDetect(t *testing.T) {
	english := strings.Repeat("The otter is a mammal that lives in the rivers of Europe, and it is known for its play. ", 4)
	german := strings.Repeat("Der Otter ist ein Säugetier, das in den Flüssen lebt und für sein Spiel bekannt ist. ", 4)
	chinese := strings.Repeat("北京大学的图书馆在哪里？图书馆里有一百万册书。", 4)
	japanese := strings.Repeat("東京大学は日本の大学です。図書館で本を読みます。", 4)
	for _, c := range []struct {
		what, text, said string
		language         string
		tokenizer        fulltext.Tokenizer
	}{
		{"nothing", "", "", "", fulltext.Porter},
		{"nothing but a word", "", "de-AT", "", fulltext.Plain},
		{"nothing but a word", "", "zh-Hans", "", fulltext.Trigram},
		{"numbers", strings.Repeat("12 345 ", 100), "", "", fulltext.Porter},
		{"little", "Kaffee, Tee", "", "", fulltext.Porter},
		{"little", "Kaffee, Tee", "de", "", fulltext.Plain},
		{"English", english, "", "en", fulltext.Porter},
		{"English", english, "en-GB", "en", fulltext.Porter},
		{"German", german, "", "de", fulltext.Plain},
		{"German", german, "de", "de", fulltext.Plain},
		{"French", strings.Repeat("La loutre est un mammifère qui vit dans les rivières et se nourrit de poissons, ce qui est connu. ", 4), "", "fr", fulltext.Plain},
		{"Spanish", strings.Repeat("La nutria es un mamífero que vive en los ríos y se alimenta de peces, lo que es muy conocido por todos. ", 4), "", "es", fulltext.Plain},
		{"Italian", strings.Repeat("La lontra è un mammifero che vive nei fiumi e si nutre di pesci, come è noto nella regione del nord. ", 4), "", "it", fulltext.Plain},
		{"Portuguese", strings.Repeat("A lontra é um mamífero que vive nos rios e se alimenta de peixes, o que não é novo para os pescadores. ", 4), "", "pt", fulltext.Plain},
		{"Dutch", strings.Repeat("De otter is een zoogdier dat in de rivieren van het land leeft en bekend is om zijn spel met de vis. ", 4), "", "nl", fulltext.Plain},
		{"two languages", english + german, "", "", fulltext.Porter},
		{"Finnish", strings.Repeat("Saukko elää joissa ja järvissä, syö kalaa ja leikkii mielellään lumessa kylminä talvina. ", 5), "", "", fulltext.Porter},
		{"Finnish", strings.Repeat("Saukko elää joissa ja järvissä, syö kalaa ja leikkii mielellään lumessa kylminä talvina. ", 5), "fi", "", fulltext.Plain},
		{"Chinese", chinese, "", "zh", fulltext.Trigram},
		{"Chinese that says it is English", chinese, "en", "zh", fulltext.Trigram},
		{"English that says it is Chinese", english, "zh", "en", fulltext.Porter},
		{"a word of Chinese", "北京", "", "zh", fulltext.Trigram},
		{"English with a little Chinese", english + "北京大学", "", "en", fulltext.Porter},
		{"half and half", english + chinese, "", "zh", fulltext.Trigram},
		{"Japanese", japanese, "", "ja", fulltext.Trigram},
		{"Thai", strings.Repeat("ภาษาไทยไม่มีช่องว่างระหว่างคำ ", 5), "", "th", fulltext.Trigram},
		{"Khmer", strings.Repeat("ភាសាខ្មែរ", 5), "", "km", fulltext.Trigram},
		{"Burmese", strings.Repeat("မြန်မာဘာသာ", 5), "", "my", fulltext.Trigram},
		{"Lao", strings.Repeat("ພາສາລາວ", 5), "", "lo", fulltext.Trigram},
		{"Tibetan", strings.Repeat("བོད་སྐད་", 5), "", "bo", fulltext.Trigram},
		{"Korean", strings.Repeat("한국어 대학교에서 공부합니다. ", 5), "", "ko", fulltext.Plain},
		{"Russian", strings.Repeat("Выдра живёт в реке и ест рыбу. ", 5), "", "", fulltext.Plain},
		{"Russian that says it is English", strings.Repeat("Выдра живёт в реке и ест рыбу. ", 5), "en", "", fulltext.Plain},
		{"Greek", strings.Repeat("Η βίδρα ζει στο ποτάμι. ", 5), "", "el", fulltext.Plain},
	} {
		got := fulltext.Detect(c.text, c.said)
		if got.Language != c.language || got.Tokenizer != c.tokenizer {
			t.Errorf("%s, said %q: %+v, want %q by %s", c.what, c.said, got, c.language, c.tokenizer)
		}
	}
}

// TestParseFor_StopWords shows which words each index is not asked for.
func TestParseFor_StopWords(t *testing.T) {
	for _, c := range []struct{ text, porter, plain, any string }{
		{"the river", `"river"`, `"river"`, `"river"`},
		{"der Fluss", `"der" AND "Fluss"`, `"Fluss"`, `"Fluss"`},
		{"lake como", `"lake" AND "como"`, `"lake" AND "como"`, `"lake" AND "como"`},
		{"die hard", `"die" AND "hard"`, `"die" AND "hard"`, `"die" AND "hard"`},
		{"not with us", `"not" AND "with" AND "us"`, `"not" AND "us"`, `"not" AND "with" AND "us"`},
		{"la vita è bella", `"la" AND "vita" AND "è" AND "bella"`, `"la" AND "vita" AND "bella"`, `"la" AND "vita" AND "bella"`},
		{"und", `"und"`, `"und"`, `"und"`},
		{`"the end"`, `"the end"`, `"the end"`, `"the end"`},
	} {
		porter, plain := fulltext.ParseFor(c.text, fulltext.Porter), fulltext.ParseFor(c.text, fulltext.Plain)
		if porter.All() != c.porter || plain.All() != c.plain || fulltext.Parse(c.text).All() != c.any {
			t.Errorf("%q: porter %s, plain %s, any %s", c.text, porter.All(), plain.All(), fulltext.Parse(c.text).All())
		}
		if again := plain.For(fulltext.Porter); again.All() != c.porter {
			t.Errorf("%q asked of another index: %s", c.text, again.All())
		}
	}
}

func TestQuery_Trigram(t *testing.T) {
	for _, c := range []struct {
		text, all, any string
		scanned        bool
	}{
		{"图书馆", `"图书馆"`, `"图书馆"`, false},
		{"图书", "", "", true},
		{"图书 图书馆", `"图书馆"`, `"图书馆"`, true},
		{"图书馆 -书", `"图书馆"`, `"图书馆"`, true},
		{"图书馆 -图书馆里", `("图书馆") NOT ("图书馆里")`, `("图书馆") NOT ("图书馆里")`, false},
		{"图书馆*", `"图书馆"`, `"图书馆"`, false},
		{"图书馆在哪里", `"图书馆在哪里"`, `"图书馆在哪里" OR "图书馆" OR "书馆在" OR "馆在哪" OR "在哪里"`, false},
		{`"图书馆在哪里"`, `"图书馆在哪里"`, `"图书馆在哪里"`, false},
		{"e\u0301a", "", "", true}, // two characters
		{"Linux kernel", `"Linux" AND "kernel"`, `"Linux" OR "kernel"`, false},
	} {
		q := fulltext.ParseFor(c.text, fulltext.Trigram)
		if q.All() != c.all || q.Any() != c.any || q.Scanned() != c.scanned {
			t.Errorf("%q: %s and %s, scanned %v", c.text, q.All(), q.Any(), q.Scanned())
		}
	}
}

func TestQuery_Exact(t *testing.T) {
	for text, want := range map[string]bool{
		"river otter": false, `"river otter"`: true, "ott*": true, "river -otter": true, "title:x river": true, "": false, "東京": false,
	} {
		if got := fulltext.Parse(text).Exact(); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
