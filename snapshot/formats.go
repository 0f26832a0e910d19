package snapshot

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/nscheck/nscheck/internal/guid"
)

// formats are the schema's own formats, and date-time with our limits. Their
// errors follow the words "must be".
var formats = []*jsonschema.Format{
	{Name: "guid", Validate: ofText(checkGUID)},
	{Name: "cidr", Validate: ofText(checkCIDR)},
	{Name: "address", Validate: ofText(checkAddress)},
	{Name: "date-time", Validate: ofText(checkDateTime)},
}

// ofText leaves values that are not text to the keyword "type".
func ofText(check func(string) error) func(any) error {
	return func(value any) error {
		if text, ok := value.(string); ok {
			return check(text)
		}
		return nil
	}
}

func checkGUID(text string) error {
	if guid.IsCanonical(text) {
		return nil
	}
	if fixed := strings.ToUpper(strings.Trim(text, "{} ")); guid.IsCanonical(fixed) {
		return fmt.Errorf("%s must be written in upper case without braces: %s", quote(text), fixed)
	}
	return fmt.Errorf("%s is not a GUID such as D3BA9CA7-5E71-4D76-B961-1BA0B436AACB", quote(text))
}

func checkCIDR(text string) error {
	prefix, err := netip.ParsePrefix(text)
	if err != nil || !prefix.Addr().Is4() {
		return fmt.Errorf("%s is not an IPv4 network such as 10.4.0.0/24", quote(text))
	}
	if network := prefix.Masked(); network != prefix {
		return fmt.Errorf("%s is not a network: it has bits beyond its prefix; write %s", quote(text), network)
	}
	return nil
}

func checkAddress(text string) error {
	prefix, err := netip.ParsePrefix(text)
	if err == nil && prefix.Addr().Is4() {
		return nil
	}
	if addr, err := netip.ParseAddr(text); err == nil && addr.Is4() {
		return fmt.Errorf("%s lacks its prefix length; write for example %s/24", quote(text), addr)
	}
	return fmt.Errorf("%s is not an IPv4 address with prefix length such as 10.4.0.17/24", quote(text))
}

func checkDateTime(text string) error {
	_, err := ParseTime(text)
	return err
}
