package report

import (
	"bufio"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
)

// azureFormat writes logging commands of Azure Pipelines: issues, and the
// outcome of the task.
type azureFormat struct{}

func (a azureFormat) Write(out io.Writer, r *compare.Outcome, o Options) error {
	return a.write(out, r, listed(r), o)
}

func (azureFormat) write(out io.Writer, r *compare.Outcome, findings iter.Seq2[result.Finding, error], o Options) error {
	d, err := newDigest(r, findings, o)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	all := newAnnotations(r, d)
	for _, a := range all.list {
		w.WriteString(azureIssue(a, o) + "\n")
	}
	w.WriteString("##vso[task.complete result=" + azureOutcome(r, o) + ";]" + azureMessage(all.conclusion(r, o)) + "\n")
	return w.Flush()
}

// azureOutcome is the exit status in Azure's words. If nothing fails and
// something was found or not evaluated, the task succeeded with issues.
func azureOutcome(r *compare.Outcome, o Options) string {
	switch {
	case r.ExitStatus(o.FailOn, o.AllowIncomplete) != result.ExitClean:
		return "Failed"
	case r.Compared() != nil && !r.Incomplete() && total(r.Compared().Findings[result.New]) == 0 && len(r.Compared().Remarks) == 0:
		return "Succeeded"
	case r.Incomplete() || bySeverity(r) != "none":
		return "SucceededWithIssues"
	}
	return "Succeeded"
}

// azureIssue is an annotation as an issue; Azure has errors and warnings only.
func azureIssue(a annotation, o Options) string {
	level := "warning"
	if a.level == "error" {
		level = "error"
	}
	var b strings.Builder
	b.WriteString("##vso[task.logissue type=" + level + ";")
	if p := o.place(a.place); p != nil {
		b.WriteString("sourcepath=" + azureProperty(p.File) + ";")
		if p.Line > 0 {
			b.WriteString("linenumber=" + strconv.Itoa(p.Line) + ";")
		}
		if p.Column > 0 {
			b.WriteString("columnnumber=" + strconv.Itoa(p.Column) + ";")
		}
	}
	if a.rule != "" {
		b.WriteString("code=" + azureProperty(a.rule) + ";")
	}
	msg := a.msg
	if a.title != "" {
		msg = a.title + ": " + msg
	}
	return b.String() + "]" + azureMessage(msg)
}

var (
	azureMessages   = strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A")
	azureProperties = strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A", "]", "%5D", ";", "%3B")
)

// azureMessage escapes the message of a logging command.
func azureMessage(s string) string { return azureMessages.Replace(s) }

// azureProperty escapes a property of a logging command.
func azureProperty(s string) string { return azureProperties.Replace(s) }
