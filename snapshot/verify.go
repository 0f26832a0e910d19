package snapshot

import (
	"context"
	"fmt"
)

// A Summary says what a snapshot holds.
type Summary struct {
	Form       Form
	Compressed bool
	Format     int       // version of the snapshot format
	Manifest   *Manifest // nil for documents without one
	Sections   []Count   // of the estate, those that are present, in their usual order
	Clients    int64
	SHA256     string // of the file as it is stored
}

// A Count is the number of rows in a section of the estate.
type Count struct {
	Section string
	Rows    int
}

// Verify reads the snapshot at path to its end and checks everything that can
// be checked: form, fields, values, number of clients, hash. It stops where ctx
// is done.
func Verify(ctx context.Context, path string) (Summary, error) {
	r, err := Open(path)
	if err != nil {
		return Summary{}, err
	}
	defer r.Close()
	s := Summary{Form: r.Form(), Compressed: r.Compressed(), Format: FormatVersion, Manifest: r.Manifest()}
	if s.Manifest != nil {
		s.Format = s.Manifest.Format
	}
	for _, err := range r.Clients() {
		if err != nil {
			return Summary{}, err
		}
		if ctx.Err() != nil {
			return Summary{}, fmt.Errorf("stopped after %s: %w", clientCount(s.Clients), context.Cause(ctx))
		}
		s.Clients++
	}
	s.SHA256 = r.SHA256()
	estate, _ := r.Estate()
	s.Sections = estate.counts()
	return s, nil
}

func clientCount(n int64) string {
	if n == 1 {
		return "1 client"
	}
	return fmt.Sprintf("%d clients", n)
}

// counts returns the rows of the sections that were collected.
func (e *Estate) counts() []Count {
	var counts []Count
	add := func(section string, present bool, rows int) {
		if present {
			counts = append(counts, Count{section, rows})
		}
	}
	add("server", e.Server != nil, 1)
	add("licences", e.Licences != nil, 1)
	add("vendor_policies", e.VendorPolicies != nil, len(e.VendorPolicies))
	add("policies", e.Policies != nil, len(e.Policies))
	add("filters", e.Filters != nil, len(e.Filters))
	add("packages", e.Packages != nil, len(e.Packages))
	add("package_servers", e.PackageServers != nil, len(e.PackageServers))
	add("sites", e.Sites != nil, len(e.Sites))
	add("subnets", e.Subnets != nil, len(e.Subnets))
	add("patch_import", e.PatchImport != nil, 1)
	return counts
}
