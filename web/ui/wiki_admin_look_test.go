package ui_test

import "testing"

// TestWikiAdminLook does the same with the pages of a wiki's administration.
func TestWikiAdminLook(t *testing.T) { lookAt(t, wikiAdminExamples(t)) }

// TestHostingLook does the same with the pages about wikis outside of them.
func TestHostingLook(t *testing.T) { lookAt(t, hostingExamples(t)) }
