#!/bin/sh
# Builds samples/files from samples/source.
#
# On Debian 12:
#   apt-get install --no-install-recommends pandoc texlive-luatex \
#       texlive-latex-recommended lmodern tex-gyre fonts-texgyre \
#       librsvg2-bin qpdf zip unzip
#
# The same tools on the same sources give the same bytes: every date comes from
# SOURCE_DATE_EPOCH and every identifier from the source.
set -eu
umask 022
cd "$(dirname "$0")"

export SOURCE_DATE_EPOCH=1767225600 # 2026-01-01T00:00:00Z
export FORCE_SOURCE_DATE=1
export TZ=UTC LC_ALL=C.UTF-8

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p files

# pdf NAME: the book source/NAME.md, set in three passes so that the contents
# and the page labels settle, then packed with object streams.
pdf() {
	pandoc "source/$1.md" --from=markdown --to=latex --no-highlight \
		--top-level-division=chapter --template=source/book.tex \
		--output="$work/$1.tex"
	for _ in 1 2 3; do
		(cd "$work" && lualatex --interaction=nonstopmode --halt-on-error "$1.tex" >"$1.console") ||
			{ tail -n 40 "$work/$1.console" >&2; return 1; }
	done
	qpdf --deterministic-id --object-streams=generate --recompress-flate \
		--compression-level=9 "$work/$1.pdf" "files/$1.pdf"
}

# epub NAME: the book source/NAME.md with the cover source/NAME.svg, one file
# for each chapter. Pandoc stamps the entries of the archive with the time of
# the build, so the archive is packed again with the time of the sources; its
# first entry stays the uncompressed mimetype, as the format asks.
epub() {
	rsvg-convert --width=800 --output="$work/$1.png" "source/$1.svg"
	pandoc "source/$1.md" --from=markdown --to=epub3 --toc --toc-depth=1 \
		--epub-chapter-level=1 --css=source/book.css \
		--epub-cover-image="$work/$1.png" --output="$work/$1.epub"
	mkdir "$work/$1"
	unzip -q "$work/$1.epub" -d "$work/$1"
	find "$work/$1" -exec touch --date="@$SOURCE_DATE_EPOCH" {} +
	rm -f "files/$1.epub"
	target=$PWD/files/$1.epub
	(
		cd "$work/$1"
		zip -q -X -0 "$target" mimetype
		find META-INF EPUB -type f | sort | zip -q -X -9 "$target" -@
	)
}

rsvg-convert --format=pdf --output="$work/tracks.pdf" source/tracks.svg

pdf river-otter
pdf small-server
epub small-garden-bees
epub skerry-point
cp source/bread-slowly.md files/bread-slowly.md
