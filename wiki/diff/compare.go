package diff

// comparison is two sequences and which elements of each have no partner in the
// other. The others are partners in their order.
type comparison struct{ old, new side }

// side is one of the sequences: equal elements have equal numbers.
type side struct {
	ids     []int
	changed []bool
}

// compare finds the changes between two sequences.
func compare[T comparable](a, b []T) comparison {
	numbers := make(map[T]int, len(a))
	c := comparison{old: number(a, numbers), new: number(b, numbers)}
	start := 0
	for start < len(a) && start < len(b) && c.old.ids[start] == c.new.ids[start] {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && c.old.ids[endA-1] == c.new.ids[endB-1] {
		endA--
		endB--
	}
	// What only one side has is changed in any case.
	x, placesA := c.old.shared(start, endA, c.new.ids[start:endB], len(numbers))
	y, placesB := c.new.shared(start, endB, c.old.ids[start:endA], len(numbers))
	s := newSearch(x, y)
	s.run(0, len(x), 0, len(y))
	for i, changed := range s.changedA {
		c.old.changed[placesA[i]] = changed
	}
	for i, changed := range s.changedB {
		c.new.changed[placesB[i]] = changed
	}
	c.slide()
	return c
}

// number gives each element of a sequence the number of its value.
func number[T comparable](items []T, numbers map[T]int) side {
	s := side{ids: make([]int, len(items)), changed: make([]bool, len(items))}
	for i, item := range items {
		id, ok := numbers[item]
		if !ok {
			id = len(numbers)
			numbers[item] = id
		}
		s.ids[i] = id
	}
	return s
}

// shared returns the elements from start to end that occur in other, with their
// places, and marks the rest as changed.
func (s *side) shared(start, end int, other []int, numbers int) (ids, places []int) {
	occurs := make([]bool, numbers)
	for _, id := range other {
		occurs[id] = true
	}
	for i := start; i < end; i++ {
		if occurs[s.ids[i]] {
			ids, places = append(ids, s.ids[i]), append(places, i)
		} else {
			s.changed[i] = true
		}
	}
	return ids, places
}

// changes returns the runs of changed elements.
func (c comparison) changes() []Change {
	var changes []Change
	i, j := 0, 0
	for i < len(c.old.ids) || j < len(c.new.ids) {
		startI, startJ := i, j
		for i < len(c.old.ids) && c.old.changed[i] {
			i++
		}
		for j < len(c.new.ids) && c.new.changed[j] {
			j++
		}
		if i > startI || j > startJ {
			changes = append(changes, Change{startI, i, startJ, j})
			continue
		}
		i++
		j++
	}
	return changes
}
