package extract

// Limits on what one file may cost. They are far above any real document and
// keep a hostile one within some hundred megabytes of memory.
const (
	maxPart      = 32 << 20  // bytes of one text: a file, or a part of an archive
	maxExpanded  = 128 << 20 // bytes of text taken out of one archive
	maxDirectory = 8 << 20   // bytes of an archive's directory
	maxEntries   = 20_000    // entries of an archive
	maxImage     = 16 << 20  // bytes of one image
	maxPixels    = 16 << 20  // of a cover
	maxPages     = 50_000
	maxOutline   = 20_000
	maxTitle     = 300 // characters of a title or a label
)
