package main

import (
	"runtime"
	"runtime/debug"
)

// versionCmd is `holt version`.
type versionCmd struct{}

// Run implements the command.
func (cmd *versionCmd) Run(c *console) error {
	v := struct {
		Version  string `json:"version"`
		Revision string `json:"revision,omitempty"`
		Go       string `json:"go"`
		Platform string `json:"platform"`
	}{"(devel)", "", runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	if build, ok := debug.ReadBuildInfo(); ok {
		if build.Main.Version != "" {
			v.Version = build.Main.Version
		}
		for _, s := range build.Settings {
			if s.Key == "vcs.revision" {
				v.Revision = s.Value
			}
		}
	}
	if c.json {
		return c.object(v)
	}
	c.printf("holt %s", v.Version)
	if v.Revision != "" {
		c.printf(" (%s)", v.Revision)
	}
	c.printf(", %s, %s\n", v.Go, v.Platform)
	return nil
}
