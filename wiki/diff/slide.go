package diff

// slide moves runs of changed elements to where a reader expects them: as far
// down as equal elements allow, but where the other sequence has a change too,
// there, so that the two form one replacement.
func (c *comparison) slide() {
	c.old.slide(gaps(c.new.changed))
	c.new.slide(gaps(c.old.changed))
}

// gaps tells, for each number of unchanged elements, whether changed ones stand
// between that many and the next.
func gaps(changed []bool) []bool {
	gaps := []bool{false}
	for _, is := range changed {
		if is {
			gaps[len(gaps)-1] = true
		} else {
			gaps = append(gaps, false)
		}
	}
	return gaps
}

// slide moves the runs of one side; gaps are those of the other.
func (s *side) slide(gaps []bool) {
	steps := 8*len(s.ids) + 1<<16 // all in all, as runs that meet are moved again
	before := 0                   // unchanged elements before start
	for start := 0; start < len(s.ids); start++ {
		if !s.changed[start] {
			before++
			continue
		}
		end := s.runEnd(start)
		for size := 0; size != end-start && steps > 0; {
			size = end - start
			for ; start > 0 && steps > 0 && s.ids[start-1] == s.ids[end-1]; steps-- {
				start--
				end--
				before--
				s.changed[start], s.changed[end] = true, false
				for start > 0 && s.changed[start-1] {
					start--
				}
			}
			back := -1 // how far down the other side had a change last
			if gaps[before] {
				back = before
			}
			for ; end < len(s.ids) && steps > 0 && s.ids[start] == s.ids[end]; steps-- {
				s.changed[start], s.changed[end] = false, true
				start++
				before++
				if end = s.runEnd(end); gaps[before] {
					back = before
				}
			}
			for ; size == end-start && back >= 0 && before > back; before-- {
				start--
				end--
				s.changed[start], s.changed[end] = true, false
			}
		}
		start = end - 1
	}
}

// runEnd returns where the run of changed elements that includes start ends.
func (s *side) runEnd(start int) int {
	for start < len(s.ids) && s.changed[start] {
		start++
	}
	return start
}
