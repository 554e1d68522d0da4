package embed

import (
	"cmp"
	"context"
	"net/url"
	"path"
	"strings"
)

// maxSources is the number of sources of one video.
const maxSources = 10

// mediaType returns the type that a browser plays a file name as, or "".
func mediaType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".mp4", ".m4v":
		return "video/mp4"
	case ".webm":
		return "video/webm"
	case ".ogv", ".ogg":
		return "video/ogg"
	case ".mov":
		return "video/quicktime"
	case ".mp3":
		return "audio/mpeg"
	case ".m4a":
		return "audio/mp4"
	case ".oga", ".opus":
		return "audio/ogg"
	case ".wav":
		return "audio/wav"
	case ".flac":
		return "audio/flac"
	}
	return ""
}

// video plays attachments in the page. A video elsewhere, on YouTube or any
// other site, is only linked to: nobody's browser tells that site which page
// is being read before its reader asks for the video.
func (r *Renderer) video(ctx context.Context, call Call) (string, error) {
	width, err := call.width("100%")
	if err != nil {
		return "", err
	}
	var files, addresses []string
	for source := range strings.Lines(call.text("src") + "\n" + call.Body) {
		switch source = strings.TrimSpace(source); {
		case source == "":
		case isAddress(source):
			addresses = append(addresses, source)
		default:
			files = append(files, source)
		}
	}
	var m markup
	m.open("figure", class("embed-video", width))
	switch {
	case len(files) > 0 && len(addresses) > 0:
		return "", mistakef("attachments and addresses cannot be mixed in one video")
	case len(files) > maxSources || len(addresses) > maxSources:
		return "", mistakef("a video can have at most %d sources", maxSources)
	case len(files) > 0:
		err = r.player(ctx, &m, call, files)
	case len(addresses) > 0:
		err = cards(&m, addresses)
	default:
		err = mistakef("there is no video named; write an attachment or an address")
	}
	if err != nil {
		return "", err
	}
	if err := r.caption(ctx, &m, call, "figcaption"); err != nil {
		return "", err
	}
	m.close("figure")
	return m.String(), nil
}

// player writes a player for attachments, which are the same video in several
// formats.
func (r *Renderer) player(ctx context.Context, m *markup, call Call, files []string) error {
	attrs, err := playing(call)
	if err != nil {
		return err
	}
	m.open("video", attrs...)
	for _, file := range files {
		kind := mediaType(file)
		if kind == "" {
			return mistakef("%q is no video or sound that browsers play", excerpt(file))
		}
		target, err := r.address(ctx, file)
		if err != nil {
			return err
		}
		m.open("source", attr{"src", target}, attr{"type", kind})
	}
	m.text("This browser cannot play the video.")
	m.close("video")
	return nil
}

// playing returns the attributes that say how a player behaves. Defaults are
// those of An Otter Wiki.
func playing(call Call) ([]attr, error) {
	controls, err := call.flag("controls", true)
	autoplay, err2 := call.flag("autoplay", false)
	muted, err3 := call.flag("muted", true)
	loop, err4 := call.flag("loop", true)
	if err := cmp.Or(err, err2, err3, err4); err != nil {
		return nil, err
	}
	if autoplay && !muted {
		return nil, mistakef("a video that starts by itself must be muted")
	}
	attrs := []attr{{"preload", "metadata"}, {"playsinline", ""}}
	// Without controls a video that does not start by itself never would.
	if controls || !autoplay {
		attrs = append(attrs, attr{"controls", ""})
	}
	if autoplay {
		attrs = append(attrs, attr{"autoplay", ""})
	}
	if muted {
		attrs = append(attrs, attr{"muted", ""})
	}
	if loop {
		attrs = append(attrs, attr{"loop", ""})
	}
	return attrs, nil
}

// cards writes a link for each address.
func cards(m *markup, addresses []string) error {
	for _, address := range addresses {
		target, ok := safeURL(address)
		if !ok {
			return mistakef("%q is no address of a video; it must start with https://", excerpt(address))
		}
		title := "Watch the video"
		if id := youTubeID(target); id != "" {
			title, target = "Watch the video on YouTube", "https://www.youtube.com/watch?v="+id
		}
		u, err := url.Parse(target)
		if err != nil {
			return mistakef("%q is no address of a video", excerpt(address))
		}
		m.open("a", class("embed-card"), attr{"href", target},
			attr{"rel", "noopener noreferrer nofollow"}, attr{"target", "_blank"})
		m.element("span", title, class("embed-card-title"))
		m.text(" ")
		m.element("span", u.Host, class("embed-card-host"))
		m.close("a")
	}
	return nil
}

// youTubeID returns the id of the video that an address of YouTube shows, in
// any of the forms in which such addresses are passed around.
func youTubeID(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	id := ""
	switch strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."), "m.") {
	case "youtu.be":
		id = strings.TrimPrefix(u.Path, "/")
	case "youtube.com", "youtube-nocookie.com":
		first, rest, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
		switch first {
		case "watch":
			id = u.Query().Get("v")
		case "embed", "shorts", "live", "v":
			id, _, _ = strings.Cut(rest, "/")
		}
	}
	foreign := func(r rune) bool {
		return !(r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z')
	}
	if len(id) < 6 || len(id) > 20 || strings.ContainsFunc(id, foreign) {
		return ""
	}
	return id
}
