package tenant

import "time"

// SetTrace makes a fleet report the named points of its work.
func (f *Fleet) SetTrace(trace func(point string)) { f.trace = trace }

// SetNow replaces a fleet's clock.
func (f *Fleet) SetNow(now func() time.Time) { f.now = now }
