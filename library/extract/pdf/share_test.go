package pdf_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/holtdb/holt/library/extract/pdf"
)

func isBusy(e *pdf.Engine) bool {
	select {
	case <-e.Busy():
		return true
	default:
		return false
	}
}

func TestEngine_Processes_Default(t *testing.T) {
	if got, want := mustEngine(t, pdf.Options{}).Processes(), runtime.NumCPU()+2; got != want {
		t.Errorf("%d processes, want %d", got, want)
	}
}

// TestEngine_OpenBackground_LeavesOne has the background take all it can get:
// a document that somebody waits for is opened all the same.
func TestEngine_OpenBackground_LeavesOne(t *testing.T) {
	e := mustEngine(t, pdf.Options{Processes: 2})
	first, err := e.OpenBackground(t.Context(), mustFile(t, smallPDF("first")), "")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second := mustFile(t, smallPDF("second"))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := e.OpenBackground(ctx, second, ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("the background took the last process: %v", err)
	}
	mustText(t, mustOpen(t, e, mustFile(t, smallPDF("wanted"))), 1)
	first.Close()
	first.Close() // gives its share back once only
	again, err := e.OpenBackground(t.Context(), second, "")
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := e.OpenBackground(ctx, second, ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a share was given back twice: %v", err)
	}
}

// TestEngine_OpenBackground_Failure gives the share back when nothing was opened.
func TestEngine_OpenBackground_Failure(t *testing.T) {
	e := mustEngine(t, pdf.Options{Processes: 1})
	for range 3 {
		if _, err := e.OpenBackground(t.Context(), mustFile(t, []byte("no PDF")), ""); err == nil {
			t.Fatal("opened")
		}
	}
	e.Close()
	if _, err := e.OpenBackground(t.Context(), mustFile(t, smallPDF("x")), ""); !errors.Is(err, pdf.ErrClosed) {
		t.Errorf("on a closed engine: %v", err)
	}
}

func TestEngine_Busy(t *testing.T) {
	e := mustEngine(t, pdf.Options{Processes: 2})
	one := mustOpen(t, e, mustFile(t, smallPDF("one")))
	if isBusy(e) {
		t.Error("busy with one of two documents")
	}
	filling := e.Busy()
	two := mustOpen(t, e, mustFile(t, smallPDF("two")))
	<-filling
	one.Close()
	if isBusy(e) {
		t.Error("busy after one of two was closed")
	}
	two.Close()
	if _, err := e.Open(t.Context(), mustFile(t, []byte("no PDF")), ""); err == nil {
		t.Fatal("opened")
	}
	mustOpen(t, e, mustFile(t, smallPDF("three")))
	if isBusy(e) {
		t.Error("a file that could not be opened counts for ever")
	}
}
