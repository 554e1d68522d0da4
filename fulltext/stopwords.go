package fulltext

import "strings"

// Function words of some languages, in lower case: too frequent to tell the
// pages of a language apart, and what a language is known by.
const (
	englishWords = " a about after all also am an and any are as at be because been before being both but by can could did " +
		"do does for from had has have he her here him his how i if in into is it its just me more most my no not of on " +
		"only or other our out over she should so some such than that the their them then there these they this those " +
		"through to too under up us very was we were what when where which while who why will with would you your "
	germanWords = " aber als am an auch auf aus bei bis das dass dem den der des die diese dieser doch du durch ein eine " +
		"einem einen einer er es für hat ich ihr im in ist kann man mit nach nicht noch nur oder sein sich sie sind so über " +
		"um und unter vom von vor war was wenn werden wie wird wir zu zum zur "
	frenchWords = " à au aussi aux avec ce ces cette comme dans de des du elle elles en est et être il ils je la le les " +
		"leur mais ne nous on ont ou par pas plus pour qu que qui sa se ses son sont sur un une vous "
	spanishWords = " a al como con de del el ella en entre es esta este fue ha hay la las le lo los más muy no o para " +
		"pero por que se ser sin sobre son su sus también un una y ya "
	italianWords = " a al alla anche che ci come con da dal degli dei del della delle di e è ed gli ha i il in la le lo " +
		"ma nel nella non o per più quando questo se si sono su sua suo tra un una uno "
	portugueseWords = " a ao aos as com como da das de do dos e é ela ele em entre era foi há isso mais mas na não nas " +
		"no nos o os ou para pela pelo por que se ser seu sua são também um uma "
	dutchWords = " aan als bij dan dat de den der deze die dit door een en er het hij hoe ik in is je kan maar met naar " +
		"niet nog of om ook op over te tot uit van veel voor want was wat werd wordt zich zij zijn zo "
	// tellingWords are function words of one language that tell something in
	// another one of these, by its meaning or as a name.
	tellingWords = " all as but come como con dan den die door dos era hat la mais man mas met mit not or os par plus pour " +
		"sein sin son tot un us van want war will "
)

func listed(list, word string) bool { return strings.Contains(list, " "+word+" ") }

// isStopWord reports whether a word in lower case is too common to tell the
// pages of an index apart. What an index has decides:
//   - Porter has English pages: English function words.
//   - Plain and Trigram have pages of any language: function words of any
//     that mean nothing in the others, as a page of another language would be
//     missed without a word that it is about.
//   - mixed, an index by Porter of pages of any language: the same, but that
//     English ones all count.
func isStopWord(word string, of Tokenizer) bool {
	if listed(englishWords, word) && (of == Porter || of == mixed || !listed(tellingWords, word)) {
		return true
	}
	if of == Porter || listed(tellingWords, word) {
		return false
	}
	for _, list := range [...]string{germanWords, frenchWords, spanishWords, italianWords, portugueseWords, dutchWords} {
		if listed(list, word) {
			return true
		}
	}
	return false
}
