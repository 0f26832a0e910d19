package lint

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// followCode looks at what rules do, which can only be told where they load.
func (l *linter) followCode() error {
	if l.code == nil || l.pack == nil {
		return nil
	}
	linted := func(shown string) *file { return l.file(shown) }
	for _, problem := range l.pack.Lint() {
		if f := linted(problem.File); f != nil {
			l.on(f, problem.Name, f.top(), "%s", problem.Msg)
		}
	}
	for _, r := range l.pack.Rules {
		if f := linted(r.File); f != nil {
			l.unknown(f, r)
			l.remediation(f, r)
		}
	}
	l.every()
	l.unused()
	return l.comparisons()
}

// remediation finds versions of the platform for which a rule says nothing of
// what to do, by trying the versions that its ranges name.
func (l *linter) remediation(f *file, r *rule.Rule) {
	ranges := []string{r.Versions}
	for _, m := range r.Remediation {
		ranges = append(ranges, m.Versions)
	}
	for _, v := range versionsAround(ranges) {
		if within(r.Versions, v) && !slices.ContainsFunc(r.Remediation, func(m rule.Remediation) bool { return within(m.Versions, v) }) {
			l.on(f, remediationGap, lineOf(f, "remediation:"), "no remediation is for version %s, for which the rule is", v.Original())
			return
		}
	}
}

func within(versions string, v *semver.Version) bool {
	in, err := rule.InVersions(versions, v.Original())
	return err == nil && in
}

// servicePacks are the parts of ranges that are not numbers of versions.
var servicePacks = regexp.MustCompile(`(?i)\b[SM]P[0-9]+(\.[0-9]+)?`)

// versionsAround are the versions that ranges name, with those just before and
// behind them.
func versionsAround(ranges []string) (out []*semver.Version) {
	texts := []string{"6.0.0", "99.0.0"}
	for _, r := range ranges {
		r = servicePacks.ReplaceAllString(r, " ")
		for _, text := range strings.FieldsFunc(r, func(c rune) bool { return !strings.ContainsRune("0123456789.", c) }) {
			v, err := semver.NewVersion(text)
			if err != nil {
				continue
			}
			next := v.IncPatch()
			texts = append(texts, v.String(), next.String())
			if v.Major() > 0 {
				before := semver.New(v.Major()-1, 99, 0, "", "")
				if v.Minor() > 0 {
					before = semver.New(v.Major(), v.Minor()-1, 9999, "", "")
				}
				texts = append(texts, before.String())
			}
		}
	}
	for _, text := range texts {
		if v, err := semver.NewVersion(text); err == nil {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b *semver.Version) int { return a.Compare(b) })
	return out
}

// asked are the names in packages that nscheck asks for.
var asked = []string{"violation", "unknown", "tally", "affects", "not_applicable", "no_source"}

// hostLibraries are the libraries that nscheck itself asks: about the evidence of
// clients, and about the ways of packages.
var hostLibraries = []string{"data.nscheck.lib.evidence", "data.nscheck.lib.ways"}

// unused finds libraries and helpers that nothing leads to from what nscheck asks
// for.
func (l *linter) unused() {
	used := l.reached()
	for _, name := range slices.Sorted(maps.Keys(l.code.Modules)) {
		f := l.file(name)
		if f == nil {
			continue
		}
		first := map[string]*ast.Rule{}
		var order []string
		any := false
		for _, r := range l.code.Modules[name].Rules {
			ref := r.Head.Ref().String()
			if first[ref] == nil {
				order = append(order, ref)
				first[ref] = r
			}
			any = any || used[r]
		}
		if !any && !f.isRule {
			l.wholeUnused[f] = true
			l.on(f, unusedLibrary, f.top(), "no rule uses anything of %s", strings.TrimPrefix(f.pkg, "data."))
			continue
		}
		for _, ref := range order {
			if r := first[ref]; !used[r] && !isUsed(l.code.Modules[name], ref, used) {
				l.at(r.Location, unusedHelper, "nothing uses %s", ref)
			}
		}
	}
}

// isUsed reports whether one of the rules of a name is used.
func isUsed(m *ast.Module, name string, used map[*ast.Rule]bool) bool {
	return slices.ContainsFunc(m.Rules, func(r *ast.Rule) bool { return used[r] && r.Head.Ref().String() == name })
}

// reached are the rules that the host asks for and all that they lead to.
func (l *linter) reached() map[*ast.Rule]bool {
	used := map[*ast.Rule]bool{}
	var visit func(r *ast.Rule)
	visit = func(r *ast.Rule) {
		if used[r] {
			return
		}
		used[r] = true
		for dep := range l.code.Graph.Dependencies(r) {
			if next, ok := dep.(*ast.Rule); ok {
				visit(next)
			}
		}
	}
	for _, m := range l.code.Modules {
		pkg := m.Package.Path.String()
		isRule := slices.ContainsFunc(l.pack.Rules, func(r *rule.Rule) bool { return r.Package == pkg })
		for _, r := range m.Rules {
			if slices.Contains(hostLibraries, pkg) || isRule && slices.Contains(asked, r.Head.Ref()[0].String()) {
				visit(r)
			}
		}
	}
	return used
}
