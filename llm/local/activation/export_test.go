package activation

// The code for processors without vectors, to be tested everywhere.
var (
	GELUScalar       = geluScalar
	ExpShiftedScalar = expShiftedScalar
	ExpShifted       = expShifted
)
