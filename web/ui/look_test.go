package ui_test

import (
	"slices"
	"testing"
)

// TestChatLook opens the pages of chats in a browser, as TestWikiLook does.
func TestChatLook(t *testing.T) {
	var still []example // without those that follow an answer
	for _, e := range chatExamples(t) {
		if e.name != "chat running" {
			still = append(still, e)
		}
	}
	lookAt(t, still)
}

// TestModelsLook does the same with the pages about models.
func TestModelsLook(t *testing.T) { lookAt(t, modelExamples(t)) }

// TestLibraryLook does the same with those pages of the library that say how a
// text was found, and what of it was read.
func TestLibraryLook(t *testing.T) {
	wanted := []string{
		"library", "document maps", "document ledger", "search by meaning", "search notice", "search start", "search nothing",
		"reader passage", "reader passage in text", "reader scan", "account", "admin settings",
	}
	var pages []example
	for _, e := range examples(t) {
		if slices.Contains(wanted, e.name) {
			pages = append(pages, e)
		}
	}
	if len(pages) != len(wanted) {
		t.Fatalf("%d pages, want %d", len(pages), len(wanted))
	}
	lookAt(t, pages)
}
