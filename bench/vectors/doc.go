// Package vectors compares the search by vectors with sqlite-vec and with a
// plain loop in Go. It is a program of its own because sqlite-vec adds itself
// to every connection of a process, which makes opening one take much longer:
// what package bench measures would no longer be Holt.
//
//	go test -run '^$' -bench . ./bench/vectors
package vectors
