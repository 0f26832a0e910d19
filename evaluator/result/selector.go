package result

// Meets reports whether two selectors that match a client can be about the same
// package at the same site.
func (s *Selector) Meets(other *Selector) bool {
	return (s.Package == "" || other.Package == "" || s.Package == other.Package) &&
		(s.Site == "" || other.Site == "" || s.Site == other.Site)
}

// Encloses reports whether a selector covers all that another one does of a client
// that both match: the same package or all of them, and no narrower a place.
func (s *Selector) Encloses(other *Selector) bool {
	return (s.Package == "" || s.Package == other.Package) &&
		(s.Site == "" || other.Site == "" || s.Site == other.Site) && s.width() >= other.width()
}

// width orders selectors by how many clients they are about.
func (s *Selector) width() int {
	switch {
	case s.Client != "":
		return 0
	case s.Network != "":
		return 1
	case s.Subnet != "":
		return 2
	case s.Site != "":
		return 3
	}
	return 4
}
