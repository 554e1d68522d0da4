package corpus

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// unpack fetches the packages and unpacks them into the folder work. It returns
// the name and the version of each.
func unpack(ctx context.Context, work string) ([]string, error) {
	folder := filepath.Join(work, packagesDir)
	for _, dir := range []string{folder, filepath.Join(work, unpackedDir)} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
	}
	var versions []string
	for _, name := range packages() {
		file, err := fetch(ctx, folder, name)
		if err != nil {
			return nil, err
		}
		version, err := output(ctx, folder, "dpkg-deb", "--field", file, "Version")
		if err != nil {
			return nil, err
		}
		versions = append(versions, name+" "+strings.TrimSpace(version))
		if _, err := output(ctx, folder, "dpkg-deb", "--extract", file, filepath.Join("..", unpackedDir)); err != nil {
			return nil, err
		}
	}
	return versions, nil
}

// fetch returns the file of a package, from the folder or from the network.
func fetch(ctx context.Context, folder, name string) (string, error) {
	find := func() (string, error) {
		files, err := filepath.Glob(filepath.Join(folder, name+"_*.deb"))
		if err != nil || len(files) == 0 {
			return "", err
		}
		return filepath.Base(files[len(files)-1]), nil
	}
	file, err := find()
	if err != nil || file != "" {
		return file, err
	}
	if _, err := output(ctx, folder, "apt-get", "download", "--quiet", name); err != nil {
		return "", fmt.Errorf("%w (on another system than Debian put %s_*.deb into %s)", err, name, folder)
	}
	if file, err = find(); err == nil && file == "" {
		err = fmt.Errorf("apt-get download %s left no file", name)
	}
	return file, err
}

// output runs a program in a folder and returns what it prints.
func output(ctx context.Context, dir, program string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", program, strings.Join(args, " "), err, strings.TrimSpace(said.String()))
	}
	return string(out), nil
}
