package retrieve

import (
	"github.com/viterin/vek/vek32"
	"golang.org/x/sys/cpu"
)

// fastCodes reports whether codes are multiplied faster than float32.
func fastCodes() bool { return cpu.X86.HasAVX2 }

func dot(a, b []float32) float32 {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return dotPortable(a, b)
	}
	return vek32.Dot(a, b)
}

// multiplyCodes fills out with the products of the query and rows of codes of
// its length, which is a multiple of codesAtOnce.
func multiplyCodes(out []int32, codes []int8, query []int16) {
	if len(out) == 0 || len(query) == 0 {
		return
	}
	if !fastCodes() {
		multiplyPortable(out, codes, query)
		return
	}
	_ = codes[len(out)*len(query)-1]
	multiplyAVX2(&out[0], &codes[0], &query[0], len(out), len(query))
}

// multiplyAVX2 writes rows products of stride numbers each.
//
//go:noescape
func multiplyAVX2(out *int32, codes *int8, query *int16, rows, stride int)
