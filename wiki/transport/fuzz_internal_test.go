package transport

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzPushRequest(f *testing.F) {
	const old, new = "1111111111111111111111111111111111111111", "2222222222222222222222222222222222222222"
	f.Add([]byte(packet(old+" "+new+" refs/heads/main\x00report-status side-band-64k") + flushPacket))
	f.Add([]byte(packet("shallow "+old) + packet(old+" "+new+" refs/heads/a\x00atomic") + packet(old+" "+new+" refs/heads/b\n") + flushPacket))
	f.Add([]byte("0000"))
	f.Add([]byte("fff0"))
	f.Fuzz(func(t *testing.T, request []byte) {
		req, err := readPushRequest(bytes.NewReader(request))
		if err != nil && len(req.commands) > 0 {
			t.Errorf("commands of a bad request: %v", req.commands)
		}
		for _, c := range req.commands {
			if c.ref == "" || strings.ContainsAny(c.ref, " \n\x00\x7f") {
				t.Errorf("reference %q", c.ref)
			}
			again, err := parseCommand(c.old.String() + " " + c.new.String() + " " + c.ref)
			if err != nil || again != c {
				t.Errorf("%v is read back as %v, %v", c, again, err)
			}
		}
	})
}

func FuzzAnswer(f *testing.F) {
	var out bytes.Buffer
	err := answer{unpack: "ok", verdicts: []verdict{{"refs/heads/main", "no"}}, messages: []string{"Hello."}}.
		write(&out, pushRequest{sideBand: true, report: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Add([]byte("0005\x02"))
	f.Add([]byte("0004"))
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := readAnswer(text)
		if err != nil {
			return
		}
		lines := append(a.messages, a.unpack)
		for _, v := range a.verdicts {
			lines = append(lines, v.reason)
		}
		for _, line := range lines {
			if len(line) > maxReason || !utf8.ValidString(line) || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("a terminal would get %q", line)
			}
		}
	})
}

func FuzzBranch(f *testing.F) {
	for _, name := range []string{"main", "wiki/pages", "../x", "a//b", ".git", "a.lock/b", "ü"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if validBranch(name) && (!filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsAny(name, "\x00\n\\: ")) {
			t.Errorf("%q is taken for a branch", name)
		}
	})
}

// TestAnswerRoundTrip reads what was written, also when it needs several packets.
func TestAnswerRoundTrip(t *testing.T) {
	want := answer{unpack: "ok", messages: []string{"One.", "Two."}}
	for range maxCommands {
		want.verdicts = append(want.verdicts, verdict{ref: "refs/heads/" + strings.Repeat("x", 100), reason: "no"})
	}
	var out bytes.Buffer
	if err := want.write(&out, pushRequest{sideBand: true, report: true}); err != nil {
		t.Fatal(err)
	}
	got, err := readAnswer(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got.unpack != want.unpack || len(got.verdicts) != maxCommands || got.verdicts[maxCommands-1] != want.verdicts[0] ||
		strings.Join(got.messages, "|") != "One.|Two." {
		t.Errorf("read back %q, %d verdicts, %q", got.unpack, len(got.verdicts), got.messages)
	}
}

func TestPlainLine(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                     "plain",
		" two\nlines\t ":            "two lines",
		"\x1b[31mred\x07\u009b1m":   "[31mred 1m",
		"bad \xff byte":             "bad \ufffd byte",
		strings.Repeat("ü", 10):     "üüüüüüü…",
		strings.Repeat("abcd ", 20): "abcd abcd abcd…",
	} {
		if got := plainLine(in, 18); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}
