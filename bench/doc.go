// Package bench compares Holt's engine with the plainest program that could
// take its place: a map under a mutex, the bare driver, migrations run on an
// empty file, one shared database. Each benchmark runs both sides in turn and
// reports the ratio, which means something on any machine; the times do not.
//
//	go test -run '^$' -bench . ./bench
package bench
