package markup

// Borders says where sections may begin. Ranks has an element for each block:
// 0 where it is an ordinary one, 1 where the strongest border lies before it.
type Borders struct {
	Ranks  []int
	Always int // borders of this rank and stronger divide in any case …
	Min    int // … unless that makes a section with fewer words beneath its headings
}

// Range is a section: the blocks from From up to but not including To.
type Range struct{ From, To int }

// Split divides blocks into sections of at most MaxWords words, in one pass for
// each rank: first at the borders that always divide, then long sections at
// the strongest border in them, and where there is none at paragraphs.
func Split(blocks []Block, borders Borders) []Range {
	if len(blocks) == 0 {
		return nil
	}
	s := splitter{blocks: blocks, ranks: borders.Ranks, before: make([]int, len(blocks)+1), body: make([]int, len(blocks)+1)}
	for i, b := range blocks {
		s.before[i+1] = s.before[i] + b.Weight
		s.body[i+1] = s.body[i]
		if b.Level == 0 {
			s.body[i+1] += b.Weight
		}
	}
	whole := Range{0, len(blocks)}
	for _, part := range s.merge(s.cut(whole, borders.Always), borders.Min) {
		s.divide(part)
	}
	return s.out
}

type splitter struct {
	blocks []Block
	ranks  []int
	before []int // words in the blocks before each
	body   []int // the same without headings
	out    []Range
}

func (s *splitter) weight(r Range) int { return s.before[r.To] - s.before[r.From] }

// cut divides r at every border of the rank or stronger.
func (s *splitter) cut(r Range, rank int) []Range {
	var parts []Range
	from := r.From
	for i := r.From + 1; i < r.To; i++ {
		if s.ranks[i] > 0 && s.ranks[i] <= rank {
			parts = append(parts, Range{from, i})
			from = i
		}
	}
	return append(parts, Range{from, r.To})
}

// merge joins parts that have fewer than least words with a neighbour.
func (s *splitter) merge(parts []Range, least int) []Range {
	merged := parts[:1]
	for _, part := range parts[1:] {
		last := &merged[len(merged)-1]
		both := Range{last.From, part.To}
		if (s.small(*last, least) || s.small(part, least)) && s.weight(both) <= MaxWords {
			*last = both
		} else {
			merged = append(merged, part)
		}
	}
	return merged
}

func (s *splitter) small(r Range, least int) bool { return s.body[r.To]-s.body[r.From] < least }

// divide adds r to the result, in parts if it is too long.
func (s *splitter) divide(r Range) {
	if s.weight(r) <= MaxWords {
		s.out = append(s.out, r)
		return
	}
	strongest := 0
	for i := r.From + 1; i < r.To; i++ {
		if rank := s.ranks[i]; rank > 0 && (strongest == 0 || rank < strongest) {
			strongest = rank
		}
	}
	if strongest == 0 {
		s.fill(r)
		return
	}
	for _, part := range s.merge(s.cut(r, strongest), MinWords) {
		s.divide(part)
	}
}

// fill divides r at paragraphs, into parts of about the same length.
func (s *splitter) fill(r Range) {
	count := (s.weight(r) + MaxWords - 1) / MaxWords
	target := (s.weight(r) + count - 1) / count
	from := r.From
	for i := r.From + 1; i < r.To; i++ {
		length := s.weight(Range{from, i})
		full := length+s.blocks[i].Weight > MaxWords
		if full || length >= target && !s.together(i) {
			s.out = append(s.out, Range{from, i})
			from = i
		}
	}
	s.out = append(s.out, Range{from, r.To})
}

// together reports whether block i belongs to the one before it: the first
// paragraph to its heading, a cell to its row.
func (s *splitter) together(i int) bool {
	before, after := s.blocks[i-1], s.blocks[i]
	if before.Level > 0 {
		return true
	}
	row := after.path.within("tr")
	return row != nil && row == before.path.within("tr")
}
