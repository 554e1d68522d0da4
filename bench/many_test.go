package bench_test

import (
	"bytes"
	"os"
	"strconv"
	"testing"
)

// BenchmarkTenThousandTenants touches 10,000 tenants, of which 256 may be open,
// again and again, and reports what the process holds. Run it with
// -benchtime=1x.
func BenchmarkTenThousandTenants(b *testing.B) {
	const tenants, bound = 10_000, 256
	fleet, _ := fleetOf(b, tenants)
	r := registryOf(b, fleet, false, bound)
	for b.Loop() {
		for i := range tenants {
			h, err := r.Acquire(b.Context(), mustID(b, i))
			if err != nil {
				b.Fatal(err)
			}
			readPoint(b, h.Value().Reader())
			h.Release()
		}
	}
	stats := r.Stats()
	if stats.Open > bound {
		b.Errorf("%d are open, %d allowed", stats.Open, bound)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/tenants, "us/tenant")
	b.ReportMetric(float64(stats.Open), "open")
	if memory, ok := residentMB(); ok {
		b.ReportMetric(memory, "resident-MB")
	}
	if descriptors, err := os.ReadDir("/proc/self/fd"); err == nil {
		b.ReportMetric(float64(len(descriptors)), "descriptors")
	}
}

// residentMB reads the resident memory of this process where the system tells.
func residentMB() (float64, bool) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			kb, err := strconv.Atoi(string(bytes.Fields(rest)[0]))
			return float64(kb) / 1024, err == nil
		}
	}
	return 0, false
}
