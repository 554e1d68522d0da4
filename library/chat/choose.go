package chat

import "strings"

// choose returns the passages that fit into the given tokens, cleaned and
// numbered, in the order given: those that were found before those beside them.
func choose(passages []Passage, room int) []Passage {
	share := room // no passage may fill the prompt alone if there are others
	if found(passages) > 1 {
		share = room / 3
	}
	taken := make([]*Passage, len(passages))
	for _, neighbours := range []bool{false, true} {
		for i, p := range passages {
			if p.Neighbour != neighbours {
				continue
			}
			p = Clean(p)
			whole := EstimateTokens(p.Text)
			fixed := passageCost(p) - whole
			if p.Text = cutTokens(p.Text, min(room, share)-fixed); p.Text == "" {
				continue
			}
			if left := EstimateTokens(p.Text); left < minPassage && left < whole {
				continue // too little of it is left
			}
			taken[i] = &p
			room -= passageCost(p)
		}
	}
	var used []Passage
	for _, p := range taken {
		if p != nil {
			p.Number = len(used) + 1
			used = append(used, *p)
		}
	}
	return used
}

// found counts the passages that were found themselves.
func found(passages []Passage) int {
	n := 0
	for _, p := range passages {
		if !p.Neighbour {
			n++
		}
	}
	return n
}

// Clean returns a passage as it stands in a prompt. Answers quote it so, and are to
// be parsed with it so.
func Clean(p Passage) Passage {
	p.Title = oneLine(plain(p.Title), maxTitle)
	p.Heading = oneLine(plain(p.Heading), maxTitle)
	p.Label = oneLine(plain(p.Label), maxLabel)
	p.Text = strings.TrimSpace(plain(p.Text))
	return p
}

// passageCost returns the tokens of a clean passage with what encloses it.
func passageCost(p Passage) int {
	return 80 + EstimateTokens(p.Title) + EstimateTokens(p.Heading) + EstimateTokens(p.Label) + EstimateTokens(p.Text)
}

// earlierTurns returns turns as they may be sent again: short, and without
// citations, whose numbers meant other passages.
func earlierTurns(history []Turn) []Turn {
	var turns []Turn
	for _, t := range history {
		question := cutTokens(strings.TrimSpace(plain(t.Question)), maxTurn)
		answer := cutTokens(strings.TrimSpace(withoutCitations(plain(t.Answer))), maxTurn)
		if question != "" && answer != "" {
			turns = append(turns, Turn{Question: question, Answer: answer})
		}
	}
	return turns
}

// cost returns the tokens of turns.
func cost(turns []Turn) int {
	sum := 0
	for _, t := range turns {
		sum += EstimateTokens(t.Question) + EstimateTokens(t.Answer) + 2*messageTokens
	}
	return sum
}

// latest returns as many of the last turns as fit into the given tokens.
func latest(turns []Turn, tokens int) []Turn {
	for len(turns) > 0 && cost(turns) > tokens {
		turns = turns[1:]
	}
	return turns
}
