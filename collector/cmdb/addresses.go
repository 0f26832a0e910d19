package cmdb

import (
	"cmp"
	"math/bits"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
)

// parseAddress reads an address with a prefix length of its own or without one.
// Addresses that place a computer nowhere are not wanted: IPv6 (sites are IPv4
// networks), loopback, link-local and 0.0.0.0.
func parseAddress(text string) (addr netip.Addr, length int, wanted, ok bool) {
	text, bits, sized := strings.Cut(text, "/")
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return addr, 0, false, false
	}
	length = 32
	if sized {
		if length, ok = maskLength(bits); !ok {
			return addr, 0, false, false
		}
	} else {
		length = 0
	}
	addr = addr.Unmap()
	unwanted := !addr.Is4() || addr.IsUnspecified() || addr.IsLoopback() || addr.IsLinkLocalUnicast() || addr.IsMulticast()
	return addr, length, !unwanted, true
}

// cellParts returns the addresses or masks in one cell.
func cellParts(c *cell) []string {
	return strings.FieldsFunc(c.text, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) })
}

// addRow reads the addresses and masks of a row, each one or several, and
// reports cells that cannot be read. A row with neither is a network card without an
// address. Without a readable mask an address is a /32, which is enough to find its
// subnet but shows nothing about its network.
func (l *addressList) addRow(address, mask *cell, primary bool, report func(column, format string, args ...any)) {
	addresses, masks := cellParts(address), cellParts(mask)
	if len(addresses) == 0 {
		if len(masks) > 0 {
			l.rows, l.unknown = l.rows+1, true
			report("address", "%s, and mask %s is of some address", isEmptyCell, binding.Clip(mask.text))
		}
		return
	}
	l.rows++
	for i, text := range addresses {
		addr, length, wanted, ok := parseAddress(text)
		if !ok {
			l.unknown = true
			report("address", "%q is not an address such as 10.4.0.17", binding.Clip(text))
			continue
		}
		if !wanted {
			continue
		}
		if length == 0 {
			own := ""
			switch {
			case len(masks) == 1:
				own = masks[0]
			case len(masks) == len(addresses):
				own = masks[i]
			}
			if length, ok = maskLength(own); !ok {
				length = 32
				report("mask", "%s, and a mask such as 255.255.255.0 is required; %s is used without its network", quoteCell(mask), addr)
			}
		}
		l.add(netip.PrefixFrom(addr, length), primary && i == 0)
	}
}

// maskLength is the prefix length of a mask such as 255.255.255.0, or written as
// 24 or /24.
func maskLength(mask string) (int, bool) {
	mask = strings.TrimPrefix(strings.TrimSpace(mask), "/")
	if n, err := strconv.Atoi(mask); err == nil {
		return n, 0 < n && n <= 32 && len(mask) <= 2
	}
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
	rows     int
	unknown  bool // some address could not be read
}

func (l *addressList) add(prefix netip.Prefix, primary bool) {
	if primary {
		l.primary = prefix.Addr()
	}
	if !slices.Contains(l.prefixes, prefix) {
		l.prefixes = append(l.prefixes, prefix)
	}
}

// texts are the addresses, the primary one first and the others by number; nil
// if not all of them could be read.
func (l *addressList) texts() []string {
	if l.unknown {
		return nil
	}
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
