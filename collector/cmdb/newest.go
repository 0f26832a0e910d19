package cmdb

import "github.com/nscheck/nscheck/internal/version"

// newer returns the newer of two versions, either of which may be unknown.
func newer(a, b *string) *string {
	if a == nil || b != nil && version.Compare(*b, *a) > 0 {
		return b
	}
	return a
}

// newestVersion collects the versions of one program in several rows. A row without a
// version may have the newest, so then it is unknown.
type newestVersion struct {
	version *string
	unknown bool
}

func (n *newestVersion) add(c *cell) {
	n.unknown = n.unknown || !c.known
	n.version = newer(n.version, c.textOrNil())
}

func (n *newestVersion) orNil() *string {
	if n.unknown {
		return nil
	}
	return n.version
}
