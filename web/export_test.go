package web

// Patterns returns the patterns of all routes.
func Patterns() []string {
	var all []string
	for _, r := range (&server{}).routes() {
		all = append(all, r.pattern)
	}
	return all
}

// Access returns, by pattern, who a route is for.
func Access() map[string]string {
	names := map[audience]string{anybody: "anybody", signedIn: "signedIn", changer: "changer", reader: "reader", writer: "writer", admin: "admin"}
	out := map[string]string{}
	for _, r := range (&server{}).routes() {
		out[r.pattern] = names[r.audience]
		if r.person {
			out[r.pattern] += " person"
		}
	}
	return out
}
