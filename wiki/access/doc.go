// Package access decides what a caller may do in a wiki. The preferences grant
// by levels, a member's own row adds to that, rules of single pages and trees
// replace both where they apply, and the platform's ceiling and the limits of
// the credential take away from all of it.
//
// Everything here is a pure function of its arguments. Missing and unknown
// values mean the safest: nobody but the wiki's admins.
package access
