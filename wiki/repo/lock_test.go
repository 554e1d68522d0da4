package repo_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/holtdb/holt/wiki/repo"
)

func TestLockOfAnotherProgramIsRespected(t *testing.T) {
	r, dir := MustCreate(t)
	base := MustWrite(t, r, put(t, "a", "1"))
	lock := filepath.Join(dir, "refs/heads/main.lock")
	if err := os.WriteFile(lock, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := write(ctx, r, base, put(t, "a", "2")); !errors.Is(err, repo.ErrLocked) || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("write beside a lock: %v", err)
	}
	if _, err := os.Stat(lock); err != nil {
		t.Fatalf("the lock of another program: %v", err)
	}
	// It is given back while a writer waits.
	done := make(chan error, 1)
	go func() {
		_, err := write(t.Context(), r, base, put(t, "a", "2"))
		done <- err
	}()
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestStaleLockIsTakenOverOnce(t *testing.T) {
	r, dir := MustCreate(t)
	base := MustWrite(t, r, put(t, "a", "1"))
	lock := filepath.Join(dir, "refs/heads/main.lock")
	past := time.Now().Add(-2 * repo.StaleAfter)
	for round := range 10 {
		if err := os.WriteFile(lock, []byte("left"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(lock, past, past); err != nil {
			t.Fatal(err)
		}
		const writers = 4
		won := make(chan repo.Hash, writers)
		var wg sync.WaitGroup
		for n := range writers {
			in := MustOpen(t, dir)
			wg.Go(func() {
				h, err := write(t.Context(), in, base, put(t, "a", fmt.Sprint(round, n)))
				if err == nil {
					won <- h
				} else if !errors.Is(err, repo.ErrMoved) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			t.Fatalf("%d writers won", len(won))
		}
		base = <-won
	}
	fsck(t, dir)
}

func TestOldLockOfLivingWriterIsKept(t *testing.T) {
	r, dir := MustCreate(t)
	base := MustWrite(t, r, put(t, "a", "1"))
	other := MustOpen(t, dir)
	lock := filepath.Join(dir, "refs/heads/main.lock")
	past := time.Now().Add(-2 * repo.StaleAfter)
	repo.Trace(r, func(step string) {
		if step != "branch locked" {
			return
		}
		if err := os.Chtimes(lock, past, past); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := write(ctx, other, base, put(t, "a", "3")); !errors.Is(err, repo.ErrLocked) {
			t.Errorf("second writer: %v", err)
		}
	})
	if _, err := write(t.Context(), r, base, put(t, "a", "2")); err != nil {
		t.Fatal(err)
	}
}
