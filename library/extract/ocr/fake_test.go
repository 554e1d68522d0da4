package ocr_test

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/library/extract/ocr"
)

// TestMain lets this program be tesseract, or something in its place, when it
// is started by such a name.
func TestMain(m *testing.M) {
	if behaviour, ok := strings.CutPrefix(filepath.Base(os.Args[0]), "fake-"); ok {
		os.Exit(fake(behaviour))
	}
	os.Exit(m.Run())
}

const header = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"

// fake behaves like tesseract until it is to read a page.
func fake(behaviour string) int {
	switch {
	case behaviour == "old":
		fmt.Println("tesseract 3.05.02\n leptonica-1.74")
		return 0
	case behaviour == "silent":
		return 0
	case behaviour == "sleeper":
		return hold()
	case len(os.Args) == 2 && os.Args[1] == "--version":
		fmt.Println("tesseract v5.0.1.20220118\n leptonica-1.82.0")
		return 0
	case len(os.Args) == 2 && os.Args[1] == "--list-langs":
		fmt.Println("List of available languages in \"/usr/share\" (3):\neng\nchi_sim\nscript/Latin")
		return 0
	}
	switch behaviour {
	case "hangs":
		// A child of its own keeps the pipes open as well.
		helper := exec.Command(sibling("fake-sleeper"))
		helper.Args[0] = sibling("fake-sleeper")
		helper.Stdout = os.Stdout
		if helper.Start() != nil {
			return 2
		}
		return hold()
	case "orphans": // ends and leaves a child with the pipes
		helper := exec.Command(sibling("fake-sleeper"))
		helper.Stdout = os.Stdout
		if helper.Start() != nil {
			return 2
		}
		bufio.NewReader(os.Stdin).ReadByte()
		return 0
	case "crashes":
		io.Copy(io.Discard, os.Stdin)
		panic("bad pixel \x1b[31m\x00 in the picture")
	case "garbage":
		fmt.Print("\x00\xff\x89PNG what is this\t\t\t\n\n")
	case "talks":
		fmt.Print(header)
		line := strings.Repeat("x", 1<<16)
		for {
			if _, err := fmt.Println(line); err != nil {
				return 1
			}
		}
	case "speechless":
		fmt.Fprintln(os.Stderr, "Failed loading language 'eng'\nTesseract couldn't load any languages!")
		return 1
	case "writes":
		io.Copy(io.Discard, os.Stdin)
		if err := os.WriteFile(sibling("written"), []byte("x"), 0o600); err != nil {
			return 1
		}
		fmt.Print(header)
	case "grows":
		io.Copy(io.Discard, os.Stdin)
		var kept [][]byte
		for range 32 {
			kept = append(kept, make([]byte, fakeMemory/16))
		}
		fmt.Print(header, len(kept))
	case "tells":
		// What it was given becomes the words of the page, as sure as can be.
		picture, _, err := image.DecodeConfig(os.Stdin)
		if err != nil {
			return 1
		}
		dir, _ := os.Getwd()
		gray := picture.ColorModel == color.GrayModel
		said := append([]string{dir, fmt.Sprint(picture.Width, "x", picture.Height, " ", gray)}, os.Environ()...)
		fmt.Print(header)
		for i, s := range append(said, os.Args[1:]...) {
			fmt.Printf("5\t1\t1\t1\t%d\t1\t0\t0\t1\t1\t96.5\t%s\n", i, s)
		}
	}
	return 0
}

// sibling is a file beside this program.
func sibling(name string) string { return filepath.Join(filepath.Dir(os.Args[0]), name) }

// hold stays connected to the test until it is killed.
func hold() int {
	conn, err := net.Dial("unix", sibling("s"))
	if err != nil {
		return 3
	}
	io.Copy(io.Discard, conn)
	return 0
}

// fakeMemory is the address space of a fake: a Go program reserves much.
const fakeMemory = 8 << 30

// MustFake returns a reader whose tesseract behaves in some way, and the folder
// that the program lies in.
func MustFake(tb testing.TB, behaviour string, options ocr.Options) (*ocr.Reader, string) {
	tb.Helper()
	dir := MustFakes(tb, behaviour, "sleeper")
	options.Program, options.MemoryLimit = filepath.Join(dir, "fake-"+behaviour), fakeMemory
	r, err := ocr.Find(tb.Context(), options)
	if err != nil {
		tb.Fatal(err)
	}
	return r, dir
}

// MustFakes makes a folder with fakes. Its path is short enough for a socket.
func MustFakes(tb testing.TB, behaviours ...string) string {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "ocr")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { os.RemoveAll(dir) })
	for _, b := range behaviours {
		if err := os.Symlink(self, filepath.Join(dir, "fake-"+b)); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// MustReal returns the tesseract of this machine, or skips the test.
func MustReal(tb testing.TB) *ocr.Reader {
	tb.Helper()
	r, err := ocr.Find(context.Background(), ocr.Options{})
	if err != nil {
		tb.Skip("tesseract is needed with English:", err)
	}
	return r
}

// MustPNG draws a picture with something on it.
func MustPNG(tb testing.TB, width, height int) []byte {
	tb.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range picture.Pix {
		picture.Pix[i] = 0xff
	}
	picture.Set(width/2, height/2, color.Black)
	return MustEncode(tb, picture)
}

func MustEncode(tb testing.TB, picture image.Image) []byte {
	tb.Helper()
	var b strings.Builder
	if err := png.Encode(&b, picture); err != nil {
		tb.Fatal(err)
	}
	return []byte(b.String())
}

// listen waits for n processes that hold a connection and returns what waits
// for their end.
func listen(tb testing.TB, dir string, n int) (all func(), gone func()) {
	tb.Helper()
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { l.Close() })
	var conns []net.Conn
	return func() {
			for range n {
				l.(*net.UnixListener).SetDeadline(time.Now().Add(time.Minute))
				c, err := l.Accept()
				if err != nil {
					tb.Error("a process did not start:", err)
					return
				}
				conns = append(conns, c)
			}
		}, func() {
			for _, c := range conns {
				c.SetDeadline(time.Now().Add(time.Minute))
				if _, err := c.Read(make([]byte, 1)); err != io.EOF {
					tb.Error("a process lives on:", err)
				}
				c.Close()
			}
		}
}
