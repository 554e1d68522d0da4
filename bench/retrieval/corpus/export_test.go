package corpus

// For the tests of the rules.
var (
	PodFAQ     = podFAQ
	HTMLFAQ    = htmlFAQ
	TextFAQ    = textFAQ
	AsHTML     = asHTML
	QuestionOf = question
)
