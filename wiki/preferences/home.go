package preferences

import "strings"

// ownPages starts the addresses which are the wiki's own and no pages.
const ownPages = "/-/"

// Home returns what the root of the wiki shows: a page by its path, or an
// address below the wiki's root to redirect to, such as "/-/changelog".
func (a Application) Home() (page, redirect string) {
	switch {
	case a.HomePage == "":
		return "Home", ""
	case strings.HasPrefix(a.HomePage, ownPages):
		return "", a.HomePage
	}
	return a.HomePage, ""
}

// parseHome reads HOME_PAGE: a page, an address such as /-/changelog, or
// nothing.
func parseHome(text string) (string, error) {
	text = strings.TrimSpace(text)
	page, err := parsePage(text)
	if err != nil || page == "" {
		return "", err
	}
	if strings.HasPrefix(text, ownPages) {
		return "/" + page, nil
	}
	return page, nil
}
