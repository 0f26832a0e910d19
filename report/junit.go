package report

import (
	"bufio"
	"encoding/xml"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// junitFormat writes the result as JUnit XML: a test suite for every rule, and
// in it a test case for every finding. A rule that found nothing has one test
// case, which passes, is skipped where the rule was not evaluated, and is in
// error where it broke.
type junitFormat struct{}

func (j junitFormat) Write(out io.Writer, r *compare.Outcome, o Options) error {
	return j.write(out, r, listed(r), o)
}

func (junitFormat) write(out io.Writer, r *compare.Outcome, findings iter.Seq2[result.Finding, error], o Options) error {
	suites, err := newJunitSuites(r, findings, o)
	defer closeSuites(suites)
	if err != nil {
		return err
	}
	gateSuite, err := newGateSuite(r)
	defer gateSuite.cases.close()
	if err != nil {
		return err
	}
	var all junitSuite
	for _, s := range append(suites[:len(suites):len(suites)], gateSuite) {
		all.tests, all.failures, all.errors, all.skipped = all.tests+s.tests, all.failures+s.failures, all.errors+s.errors, all.skipped+s.skipped
	}
	w := bufio.NewWriter(out)
	w.WriteString(xml.Header)
	w.WriteString("<testsuites" + all.attributes("nscheck") + ">\n")
	for i, s := range suites {
		w.WriteString("  <testsuite" + s.attributes(r.Rules[i].ID+" "+r.Rules[i].Title) + ">\n" + suiteProperties(&r.Rules[i], r.Pack))
		if err := s.cases.copyTo(w); err != nil {
			return err
		}
		w.WriteString("  </testsuite>\n")
	}
	if err := gateSuite.writeAs(w, gateSuiteName); err != nil {
		return err
	}
	w.WriteString("</testsuites>\n")
	return w.Flush()
}

// gateSuiteName is the test suite for the remarks of a comparison.
const gateSuiteName = "nscheck gate"

// newGateSuite makes a test case of every remark of a comparison: it fails if the
// exit status does because of it. Without a comparison the suite is empty.
func newGateSuite(r *compare.Outcome) (*junitSuite, error) {
	s := &junitSuite{}
	if r.Compared() == nil {
		return s, nil
	}
	remarks := remarksOf(r.Compared())
	for i := range remarks {
		remark := &remarks[i]
		title := remarkKinds[remarkKind(remark.Kind)].title
		c := newCase("gate", title+": "+remarkSubject(remark))
		if remark.Location != nil {
			c.File, c.Line = remark.Location.File, remark.Location.Line
		}
		text := clean(remarkText(remark), math.MaxInt)
		result := &junit.Result{Type: remark.Kind, Message: text, Data: text}
		if remark.Fails {
			c.Failure = result
		} else {
			c.Skipped = result
		}
		if err := s.add(c); err != nil {
			return s, err
		}
	}
	if len(remarks) == 0 {
		return s, s.add(newCase("gate", "No clients are newly affected, and rules read every changed setting"))
	}
	return s, nil
}

// writeAs writes a suite that has test cases.
func (s *junitSuite) writeAs(w *bufio.Writer, name string) error {
	if s.tests == 0 {
		return nil
	}
	w.WriteString("  <testsuite" + s.attributes(name) + ">\n")
	err := s.cases.copyTo(w)
	w.WriteString("  </testsuite>\n")
	return err
}

// junitCase is a test case with the place where its setting stands; GitLab
// links to it.
type junitCase struct {
	XMLName xml.Name `xml:"testcase"`
	junit.Testcase
	File string `xml:"file,attr,omitempty"`
	Line int    `xml:"line,attr,omitempty"`
}

// junitSuite counts and keeps the test cases of one rule. The findings of
// clients come mixed, client by client, and a suite's numbers precede its
// cases, so that cases wait until all are there.
type junitSuite struct {
	cases                            spill
	tests, failures, errors, skipped int
}

func newJunitSuites(r *compare.Outcome, findings iter.Seq2[result.Finding, error], o Options) ([]*junitSuite, error) {
	suites := make([]*junitSuite, len(r.Rules))
	index := map[string]int{}
	for i, rule := range r.Rules {
		suites[i], index[rule.ID] = &junitSuite{}, i
	}
	causes := map[string]string{}
	for _, c := range r.Causes {
		causes[c.ID] = c.Msg
	}
	for f, err := range findings {
		if err != nil {
			return suites, err
		}
		i := index[f.Rule]
		if err := suites[i].add(findingCase(f, standingOf(r, f, o), failureText(r, f, causes[f.Cause], r.Rules[i]), o)); err != nil {
			return suites, err
		}
	}
	for i, rule := range r.Rules {
		for _, c := range ruleCases(rule, suites[i].tests > 0) {
			if err := suites[i].add(c); err != nil {
				return suites, err
			}
		}
	}
	return suites, nil
}

func closeSuites(suites []*junitSuite) {
	for _, s := range suites {
		s.cases.close()
	}
}

func (s *junitSuite) add(c junitCase) error {
	s.tests++
	switch {
	case c.Failure != nil:
		s.failures++
	case c.Error != nil:
		s.errors++
	case c.Skipped != nil:
		s.skipped++
	}
	text, err := xml.MarshalIndent(c, "    ", "  ")
	if err != nil {
		return err
	}
	_, err = s.cases.Write(append(text, '\n'))
	return err
}

// suiteProperties record a severity that the configuration changed, and of the
// changed parameters that the rule reads.
func suiteProperties(rule *result.RuleResult, pack rule.PackInfo) string {
	var out string
	add := func(name, value string) {
		out += `<property name="` + name + `" value="` + escaped(value) + `"></property>`
	}
	if rule.SeverityChange != nil {
		add("severity", rule.SeverityChange.Described(rule.Severity))
	}
	for _, name := range pack.ChangedParams {
		if _, reads := rule.Params[name]; reads {
			add("parameter", paramChange(pack, name))
		}
	}
	if out == "" {
		return ""
	}
	return "    <properties>" + out + "</properties>\n"
}

// escaped is a text as an attribute's value.
func escaped(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(clean(s, math.MaxInt))) // into memory, where no write fails
	return b.String()
}

func (s *junitSuite) attributes(name string) string {
	var b strings.Builder
	b.WriteString(` name="` + escaped(name) + `"`)
	for _, a := range []struct {
		name string
		n    int
	}{{"tests", s.tests}, {"failures", s.failures}, {"errors", s.errors}, {"skipped", s.skipped}} {
		b.WriteString(" " + a.name + `="` + strconv.Itoa(a.n) + `"`)
	}
	return b.String()
}

// findingCase is a finding as a test case. It fails where it counts.
func findingCase(f result.Finding, stands standing, text string, o Options) junitCase {
	name := objectName(f.Resource)
	if f.Path != "" {
		name += ", " + f.Path
	}
	if f.Package != "" {
		name += ", " + f.Package
	}
	c := newCase(f.Rule, name)
	if f.Location != nil {
		c.File, c.Line = f.Location.File, f.Location.Line
	}
	msg, kind := clean(f.Msg, math.MaxInt), string(f.Severity)
	switch stands {
	case fixed: // a test case that passes
	case waived:
		c.Skipped = &junit.Result{Type: string(waived), Message: clean("waived: "+f.Waiver.Reason, math.MaxInt), Data: msg}
	case notYet:
		c.Skipped = &junit.Result{Type: string(notYet), Message: "it counts from " + string(f.EffectiveOn) + ": " + msg}
	case unchanged:
		c.Skipped = &junit.Result{Type: string(unchanged), Message: "it was there before: " + msg}
	case unknown:
		c.Skipped = &junit.Result{Type: string(result.Incomparable), Message: "the other side could not evaluate it: " + msg}
	case belowLimit:
		c.Skipped = &junit.Result{Type: string(belowLimit), Message: kind + ", below " + string(o.FailOn) + ": " + msg}
	default:
		c.Failure = &junit.Result{Type: kind, Message: msg, Data: text}
	}
	return c
}

// failureText describes a finding: its setting, and its cause or else what to
// do about it.
func failureText(r *compare.Outcome, f result.Finding, cause string, rule result.RuleResult) string {
	lines := []string{f.Msg}
	if f.Resource.GUID != "" {
		lines = append(lines, "Object: "+objectName(f.Resource)+" "+f.Resource.GUID)
	}
	if f.Path != "" {
		lines = append(lines, "Setting: "+f.Path+" is "+value(f.Actual))
	}
	if f.Expected != nil {
		lines = append(lines, "Should be: "+value(f.Expected))
	}
	for _, param := range decidedBy(&r.Pack, rule.DecidedBy) {
		lines = append(lines, "With the parameter "+param)
	}
	if behind := behindText(r.Compared(), f); behind != "" {
		lines = append(lines, strings.TrimSpace(behind))
	}
	if cause != "" {
		lead := "Cause: "
		if f.Certainty == result.Possible {
			lead = "Possible cause: "
		}
		lines = append(lines, lead+cause)
	} else {
		for _, m := range rule.Remediation {
			lead := "To do: "
			if len(rule.Remediation) > 1 && m.Versions != "" {
				lead = "To do in versions " + m.Versions + ": "
			}
			lines = append(lines, lead+unwrap(m.Text))
		}
	}
	if accept := acceptText(&f); accept != "" {
		lines = append(lines, "To accept it for a time: "+accept)
	}
	for i, l := range lines {
		lines[i] = clean(l, math.MaxInt)
	}
	return strings.Join(lines, "\n")
}

// ruleCases are the test cases of a rule that are not findings.
func ruleCases(rule result.RuleResult, found bool) []junitCase {
	var reasons []string
	for _, reason := range slices.Concat(rule.Reasons, rule.AffectsUnknown) {
		reasons = append(reasons, clean(reason.Msg, math.MaxInt))
	}
	for _, u := range rule.Unknown {
		reasons = append(reasons, clean(u.Msg, math.MaxInt)+" ("+names(u.Sample, u.Count)+")")
	}
	if found && len(reasons) == 0 && rule.Verdict == result.Fail {
		return nil
	}
	for _, a := range rule.AcceptedUnknown {
		reasons = append(reasons, "unknown accepted: "+clean(a.Described(), math.MaxInt))
	}
	kind := string(rule.Verdict)
	c := newCase(rule.ID, rule.Title)
	res := &junit.Result{Type: kind, Message: kind, Data: strings.Join(reasons, "\n")}
	if rule.SwitchedOff != nil {
		res.Message = reasons[0]
	} else if len(reasons) > 0 {
		res.Message = strings.ReplaceAll(kind, "_", " ") + ": " + reasons[0]
	}
	switch rule.Verdict {
	case result.Pass:
	case result.Errored:
		c.Error = res
	case result.Fail:
		c.Name = "not evaluated in full"
		res.Type = string(result.NotEvaluated)
		res.Message = c.Name
		c.Skipped = res
	default:
		c.Skipped = res
	}
	return []junitCase{c}
}

func newCase(rule, name string) junitCase {
	return junitCase{Testcase: junit.Testcase{Classname: rule, Name: clean(name, math.MaxInt)}}
}
