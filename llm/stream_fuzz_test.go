package llm

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

// drain reads a stream to its end and returns its text.
func drain(t *testing.T, s stream) (string, error) {
	t.Helper()
	var text []byte
	for range 1 << 20 {
		p, err := s.next()
		if err != nil {
			var said *complaintError
			if !errors.Is(err, errGarbage) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.As(err, &said) {
				t.Fatalf("error %v is of no known kind", err)
			}
			return string(text), err
		}
		text = append(text, p.text...)
		if p.last {
			if p.finish == "" {
				t.Fatal("an answer ended without saying how")
			}
			return string(text), nil
		}
	}
	t.Fatal("the stream does not end")
	return "", nil
}

// agree fails unless a stream reads the same however its bytes are split.
func agree(t *testing.T, body []byte, protocol wire) {
	t.Helper()
	whole, wholeErr := drain(t, protocol.stream(bytes.NewReader(body)))
	split, splitErr := drain(t, protocol.stream(iotest.OneByteReader(bytes.NewReader(body))))
	if whole != split || (wholeErr == nil) != (splitErr == nil) {
		t.Fatalf("whole: %q, %v; split: %q, %v", whole, wholeErr, split, splitErr)
	}
}

func FuzzOllamaStream(f *testing.F) {
	f.Add([]byte(`{"message":{"role":"assistant","content":"Hi"},"done":false}` + "\n" + `{"done":true,"done_reason":"stop","eval_count":1}` + "\n"))
	f.Add([]byte(`{"error":"model runner has unexpectedly stopped"}` + "\n"))
	f.Add([]byte("\n\r\n{\"message\":null,\"done\":true}"))
	f.Add([]byte(`{"message":{"content":"\ud800"},"done":fal`))
	f.Fuzz(func(t *testing.T, body []byte) { agree(t, body, ollama{}) })
}

func FuzzOpenAIStream(f *testing.F) {
	f.Add([]byte(": ping\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n"))
	f.Add([]byte("event: error\ndata: {\"error\":{\"message\":\"m\",\"code\":1}}\r\n\r\n"))
	f.Add([]byte("data:\ndata: {\ndata: }\n\ndata: {\"choices\":null,\"usage\":{\"prompt_tokens\":1}}\n\n"))
	f.Add([]byte("data: {\"choices\":[{\"finish_reason\":\"length\",\"delta\":{}}]}\n\ndata: {\"cho"))
	f.Fuzz(func(t *testing.T, body []byte) { agree(t, body, openai{}) })
}

func FuzzClean(f *testing.F) {
	f.Add("bad key sk-abcdefghijkl", "sk-abcdefghijkl")
	f.Add("a\x00b\u202ec", "k")
	f.Fuzz(func(t *testing.T, message, key string) {
		got := clean(message, key)
		if len([]rune(got)) > maxDetail {
			t.Fatalf("%d characters", len([]rune(got)))
		}
		if reveals(got, key) {
			t.Fatalf("%q shows %q", got, key)
		}
	})
}
