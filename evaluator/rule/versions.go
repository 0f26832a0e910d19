package rule

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// platform is a version of the platform.
type platform struct {
	number *semver.Version // its first three numbers; nil if unknown
	pack   *servicePack    // nil if unknown
}

// servicePack is the number of a service pack, and the numbers of its
// maintenance pack: SP2 MP1.1 is 2, 1, 1. Without service pack all are 0.
type servicePack [3]uint64

var (
	// versionForm is a version with up to three numbers that count; what follows,
	// such as .0 or -RU3, is not part of what a range of versions names.
	versionForm = regexp.MustCompile(`^[vV]?([0-9]+(?:\.[0-9]+){0,2})`)
	packForm    = regexp.MustCompile(`(?i)^(?:none|SP([0-9]{1,4}))?\s*(?:MP([0-9]{1,4})(?:\.([0-9]{1,4}))?)?$`)
	releaseForm = regexp.MustCompile(`^[vV]?[0-9]+(?:\.[0-9]+)*\s*`)
	// comparisonForm is a comparison with a service pack, such as >=7.1 SP2 MP1.
	comparisonForm = regexp.MustCompile(`(?i)(>=|<=|=|>|<|)\s*([0-9]+\.[0-9]+)\s+((?:SP[0-9]{1,4})(?:\s*MP[0-9]{1,4}(?:\.[0-9]{1,4})?)?|MP[0-9]{1,4}(?:\.[0-9]{1,4})?)`)
)

// parsePlatform reads a version such as 7.5.3153 or 7.1 SP2 MP1.1.
func parsePlatform(text string) platform {
	text = strings.TrimSpace(text)
	p := platform{number: ParseVersion(text)}
	if p.number != nil {
		p.pack = parsePack(releaseForm.ReplaceAllString(text, ""))
	}
	return p
}

// parsePack reads SP1, SP2 MP1.1, MP1 or none; nil if the text is empty or
// written in another way.
func parsePack(text string) *servicePack {
	match := packForm.FindStringSubmatch(strings.TrimSpace(text))
	if match == nil || strings.TrimSpace(text) == "" {
		return nil
	}
	var pack servicePack
	for i, digits := range match[1:] {
		_, _ = fmt.Sscan(cmp.Or(digits, "0"), &pack[i]) // the form has digits only
	}
	return &pack
}

// ServicePackParam is the parameter that names the service pack of a platform
// whose version does not.
const ServicePackParam = "service_pack"

// WithServicePack adds a service pack to a version that names none.
func WithServicePack(version, pack string) string {
	p := parsePlatform(version)
	if p.number == nil || p.pack != nil || parsePack(pack) == nil {
		return version
	}
	return version + " " + pack
}

// ParseVersion reads the first three numbers of a product version; nil when
// there are none. semver would take -RU3 for a version before the release.
func ParseVersion(text string) *semver.Version {
	match := versionForm.FindStringSubmatch(strings.TrimSpace(text))
	if match == nil {
		return nil
	}
	v, err := semver.NewVersion(match[1])
	if err != nil {
		return nil
	}
	return v
}

// versionRange is a range of versions: alternatives, each of comparisons that
// all must hold. nil contains every version.
type versionRange [][]comparison

// comparison compares the numbers of a version, or its release and service pack.
type comparison struct {
	numbers *semver.Constraints // nil for one with a service pack
	op      string
	release *semver.Version
	pack    servicePack
}

// parseVersions reads a range such as ">=7.1 <8" or ">=7.1 SP1, <8 || =8.5".
func parseVersions(text string) (versionRange, error) {
	if text == "" {
		return nil, nil
	}
	fail := fmt.Errorf("%q is not a version range such as \">=7.1 <8\"", text)
	var out versionRange
	for alternative := range strings.SplitSeq(text, "||") {
		var all []comparison
		rest := comparisonForm.ReplaceAllStringFunc(alternative, func(found string) string {
			m := comparisonForm.FindStringSubmatch(found)
			all = append(all, comparison{op: m[1], release: ParseVersion(m[2]), pack: *parsePack(m[3])})
			return ","
		})
		var parts []string
		for part := range strings.SplitSeq(rest, ",") {
			if part = strings.TrimSpace(part); part != "" {
				parts = append(parts, part)
			}
		}
		if len(parts) > 0 {
			numbers, err := semver.NewConstraint(strings.Join(parts, ", "))
			if err != nil {
				return nil, fail
			}
			all = append(all, comparison{numbers: numbers})
		}
		if len(all) == 0 {
			return nil, fail
		}
		out = append(out, all)
	}
	return out, nil
}

// contains reports whether the range contains a version whose numbers are
// known. It is not known if that depends on a service pack that is not.
func (r versionRange) contains(p platform) (in, known bool) {
	if r == nil {
		return true, true
	}
	open := false
	for _, alternative := range r {
		in, known := true, true
		for _, c := range alternative {
			holds, sure := c.holds(p)
			if sure && !holds {
				in, known = false, true
				break
			}
			known = known && sure
		}
		if in && known {
			return true, true
		}
		open = open || !known
	}
	return false, !open
}

// holds compares. A range with a service pack speaks of releases such as 7.1, so
// the build number does not count.
func (c *comparison) holds(p platform) (holds, known bool) {
	if c.numbers != nil {
		return c.numbers.Check(p.number), true
	}
	order := cmp.Or(cmp.Compare(p.number.Major(), c.release.Major()), cmp.Compare(p.number.Minor(), c.release.Minor()))
	if order == 0 {
		if p.pack == nil {
			return false, false
		}
		for i, n := range p.pack {
			order = cmp.Or(order, cmp.Compare(n, c.pack[i]))
		}
	}
	switch c.op {
	case ">=":
		return order >= 0, true
	case "<=":
		return order <= 0, true
	case ">":
		return order > 0, true
	case "<":
		return order < 0, true
	}
	return order == 0, true
}

// InVersions reports whether a range, as a rule's versions are written, is known
// to contain a version of the platform.
func InVersions(text, version string) (bool, error) {
	r, err := parseVersions(text)
	if err != nil {
		return false, err
	}
	p := parsePlatform(version)
	if p.number == nil {
		return false, errors.New("the version is not written in numbers")
	}
	in, _ := r.contains(p)
	return in, nil
}

// Applies reports whether a rule is for a version of the platform, or why that is
// unknown.
func (r *Rule) Applies(version string) (applies bool, unknown string) {
	if r.versions == nil {
		return true, ""
	}
	p := parsePlatform(version)
	if p.number == nil {
		return false, fmt.Sprintf("the rule is for versions %s and the platform's version is unknown", r.Versions)
	}
	in, known := r.versions.contains(p)
	if !known {
		return false, fmt.Sprintf("the rule is for versions %s and the platform's service pack is unknown", r.Versions)
	}
	return in, ""
}

// RemediationFor chooses what to show for a version: the first entry that is
// known to be for it, and none if no entry is. If the version is unknown, all
// entries are shown, each with its versions.
func (r *Rule) RemediationFor(version string) []Remediation {
	p := parsePlatform(version)
	if p.number == nil {
		return r.Remediation
	}
	for _, m := range r.Remediation {
		if in, _ := m.constraint.contains(p); in {
			return []Remediation{m}
		}
	}
	return []Remediation{}
}
