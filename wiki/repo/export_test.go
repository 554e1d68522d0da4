package repo

// Trace lets a test follow the steps of the writes of r.
func Trace(r *Repository, step func(string)) { r.trace = step }

// StaleAfter is the age at which a lock is taken over.
const StaleAfter = staleAfter
