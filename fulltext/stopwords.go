package fulltext

// isStopWord reports whether a word in lower case is too common to tell pages
// apart. The lists of German, French and Spanish leave out what is a telling
// word in English ("die", "war", "son").
func isStopWord(word string) bool {
	switch word {
	case "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been",
		"before", "being", "both", "but", "by", "can", "could", "did", "do", "does", "for", "from", "had", "has", "have",
		"he", "her", "here", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "me", "more",
		"most", "my", "no", "not", "of", "on", "only", "or", "other", "our", "out", "over", "she", "should", "so",
		"some", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
		"through", "to", "too", "under", "up", "us", "very", "was", "we", "were", "what", "when", "where", "which",
		"while", "who", "why", "will", "with", "would", "you", "your":
		return true
	case "aber", "auch", "auf", "aus", "bei", "das", "dem", "der", "des", "ein", "eine", "einem", "einen", "einer",
		"für", "im", "ist", "mit", "nach", "nicht", "oder", "sich", "sind", "und", "vom", "von", "wie", "zu", "zum", "zur":
		return true
	case "au", "aux", "avec", "ce", "ces", "cette", "dans", "du", "elle", "est", "et", "il", "la", "le", "les", "ne",
		"pour", "que", "qui", "sont", "sur", "un", "une":
		return true
	case "como", "de", "del", "el", "en", "es", "las", "los", "para", "por", "se", "su", "una", "y":
		return true
	}
	return false
}
