package cmdb

import (
	"cmp"
	"math/bits"
	"net/netip"
	"slices"
	"strings"
)

// parseAddress reads an address and its mask. Addresses that place a computer
// nowhere are left out: IPv6 (sites are IPv4 networks), loopback, link-local and
// 0.0.0.0. Without a readable mask the address stands alone, as a /32: enough to
// find its subnet, but it tells nothing of its network.
func parseAddress(address, mask *cell) (netip.Prefix, bool) {
	addr, err := netip.ParseAddr(address.text)
	if err != nil || !addr.Unmap().Is4() {
		return netip.Prefix{}, false
	}
	addr = addr.Unmap()
	if addr.IsUnspecified() || addr.IsLoopback() || addr.IsLinkLocalUnicast() || addr.IsMulticast() {
		return netip.Prefix{}, false
	}
	length, ok := maskLength(mask.text)
	if !ok {
		length = 32
	}
	return netip.PrefixFrom(addr, length), true
}

// maskLength is the prefix length of a mask such as 255.255.255.0.
func maskLength(mask string) (int, bool) {
	addr, err := netip.ParseAddr(strings.TrimSpace(mask))
	if err != nil || !addr.Is4() {
		return 0, false
	}
	raw := addr.As4()
	value := uint32(raw[0])<<24 | uint32(raw[1])<<16 | uint32(raw[2])<<8 | uint32(raw[3])
	length := bits.LeadingZeros32(^value)
	if length == 0 || value<<length != 0 {
		return 0, false
	}
	return length, true
}

// parseNetwork reads a subnet's text: 10.4.0.0/24, or with the mask written out.
func parseNetwork(text string) (netip.Prefix, bool) {
	text = strings.TrimSpace(text)
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Masked(), true
	}
	network, mask, ok := strings.Cut(text, "/")
	if !ok {
		return netip.Prefix{}, false
	}
	addr, err := netip.ParseAddr(strings.TrimSpace(network))
	length, valid := maskLength(mask)
	if err != nil || !valid || !addr.Is4() {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, length).Masked(), true
}

// addressList gathers the addresses of one computer.
type addressList struct {
	prefixes []netip.Prefix
	primary  netip.Addr
}

func (l *addressList) add(prefix netip.Prefix, primary bool) {
	if primary {
		l.primary = prefix.Addr()
	}
	if !slices.Contains(l.prefixes, prefix) {
		l.prefixes = append(l.prefixes, prefix)
	}
}

// texts are the addresses, the primary one first and the others by number.
func (l *addressList) texts() []string {
	slices.SortFunc(l.prefixes, func(a, b netip.Prefix) int {
		rank := func(p netip.Prefix) int {
			if p.Addr() == l.primary {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(rank(a), rank(b)), a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	texts := make([]string, 0, len(l.prefixes))
	for _, prefix := range l.prefixes {
		texts = append(texts, prefix.String())
	}
	return texts
}
