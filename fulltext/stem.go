package fulltext

import "strings"

// Lengths in bytes of the words that the index stems; others stay as they are.
const (
	shortestStemmed = 3
	longestStemmed  = 64
)

// stem returns the stem of a folded word as the index's tokenizer "porter"
// makes it: the algorithm of M. F. Porter, "An algorithm for suffix
// stripping", Program 14 (1980), on bytes.
func stem(word string) string {
	if len(word) < shortestStemmed || len(word) > longestStemmed {
		return word
	}
	w := plural(word)
	w = pastTense(w)
	if strings.HasSuffix(w, "y") && hasVowel(w[:len(w)-1]) {
		w = w[:len(w)-1] + "i"
	}
	w = replaceSuffix(w, doubleSuffix)
	w = replaceSuffix(w, singleSuffix)
	w = lastSuffix(w)
	return finalE(w)
}

// plural is step 1a.
func plural(w string) string {
	switch {
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "ies"):
		return w[:len(w)-2]
	case strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss"):
		return w[:len(w)-1]
	}
	return w
}

// pastTense is step 1b.
func pastTense(w string) string {
	if base, ok := strings.CutSuffix(w, "eed"); ok {
		if measure(base) > 0 {
			return w[:len(w)-1]
		}
		return w
	}
	base, ok := strings.CutSuffix(w, "ed")
	if !ok {
		base, ok = strings.CutSuffix(w, "ing")
	}
	if !ok || !hasVowel(base) {
		return w
	}
	last := len(base) - 1
	switch {
	case strings.HasSuffix(base, "at"), strings.HasSuffix(base, "bl"), strings.HasSuffix(base, "iz"):
		return base + "e"
	case last > 0 && base[last] == base[last-1] && !vowel(base, last) && !strings.ContainsRune("lsz", rune(base[last])):
		return base[:last]
	case measure(base) == 1 && endsShort(base):
		return base + "e"
	}
	return base
}

// replaceSuffix puts a shorter suffix in the place of one with enough of a
// word before it.
func replaceSuffix(w string, of func(string) (suffix, by string)) string {
	suffix, by := of(w)
	if suffix == "" {
		return w
	}
	if base := w[:len(w)-len(suffix)]; measure(base) > 0 {
		return base + by
	}
	return w
}

// doubleSuffix is step 2.
func doubleSuffix(w string) (suffix, by string) {
	return firstSuffix(w, "ational", "ate", "tional", "tion", "enci", "ence", "anci", "ance", "izer", "ize", "logi", "log",
		"bli", "ble", "alli", "al", "entli", "ent", "eli", "e", "ousli", "ous", "ization", "ize", "ation", "ate",
		"ator", "ate", "alism", "al", "iveness", "ive", "fulness", "ful", "ousness", "ous", "aliti", "al",
		"iviti", "ive", "biliti", "ble")
}

// singleSuffix is step 3.
func singleSuffix(w string) (suffix, by string) {
	return firstSuffix(w, "icate", "ic", "ative", "", "alize", "al", "iciti", "ic", "ical", "ic", "ful", "", "ness", "")
}

// firstSuffix returns the first pair whose suffix w has.
func firstSuffix(w string, pairs ...string) (suffix, by string) {
	for i := 0; i < len(pairs); i += 2 {
		if strings.HasSuffix(w, pairs[i]) {
			return pairs[i], pairs[i+1]
		}
	}
	return "", ""
}

// lastSuffix is step 4.
func lastSuffix(w string) string {
	for _, suffix := range [...]string{"al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent",
		"ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize"} {
		base, ok := strings.CutSuffix(w, suffix)
		if !ok {
			continue
		}
		if suffix == "ion" && !strings.HasSuffix(base, "s") && !strings.HasSuffix(base, "t") {
			continue
		}
		if measure(base) > 1 {
			return base
		}
		return w
	}
	return w
}

// finalE is step 5.
func finalE(w string) string {
	if base, ok := strings.CutSuffix(w, "e"); ok {
		if m := measure(base); m > 1 || m == 1 && !endsShort(base) {
			w = base
		}
	}
	if strings.HasSuffix(w, "ll") && measure(w[:len(w)-1]) > 1 {
		return w[:len(w)-1]
	}
	return w
}

// vowel reports whether w[i] is a vowel: a y is one after a consonant.
func vowel(w string, i int) bool {
	switch w[i] {
	case 'a', 'e', 'i', 'o', 'u':
		return true
	case 'y':
		return i > 0 && !vowel(w, i-1)
	}
	return false
}

func hasVowel(w string) bool {
	for i := range len(w) {
		if vowel(w, i) {
			return true
		}
	}
	return false
}

// measure counts the changes from vowels to consonants.
func measure(w string) int {
	n := 0
	for i := 1; i < len(w); i++ {
		if vowel(w, i-1) && !vowel(w, i) {
			n++
		}
	}
	return n
}

// endsShort reports whether w ends consonant, vowel, consonant, the last none
// of w, x, y.
func endsShort(w string) bool {
	n := len(w)
	return n >= 3 && !vowel(w, n-3) && vowel(w, n-2) && !vowel(w, n-1) && !strings.ContainsRune("wxy", rune(w[n-1]))
}
