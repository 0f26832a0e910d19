package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/evaluator/waiver"
	"github.com/nscheck/nscheck/internal/atomicfile"
	"github.com/nscheck/nscheck/internal/textfile"
	"github.com/nscheck/nscheck/report"
)

func waiverAddCommand() *cli.Command {
	return &cli.Command{
		Name:  "add",
		Usage: "write a waiver for a finding, or for all findings of a rule about an object",
		Description: "The finding is looked up in RESULT, written by scan, eval, gate or diff with -f\n" +
			"json=RESULT.\n" +
			"The waiver file is created if it does not exist; its contents are kept.",
		Flags: []cli.Flag{
			configFlag(), waiversFlag(),
			&cli.StringFlag{Name: "from", Usage: "look up the finding in `RESULT`", Required: true},
			&cli.StringFlag{Name: "fingerprint", Usage: "waive the finding with this `FINGERPRINT`, or the only one that begins with it"},
			&cli.StringFlag{Name: "rule", Usage: "waive findings of the rule `ID`"},
			&cli.StringFlag{Name: "object", Usage: "waive findings about the object `NAME|GUID`; with --rule"},
			&cli.StringFlag{Name: "reason", Usage: "the reason `WHY` the finding is accepted", Required: true},
			&cli.StringFlag{Name: "owner", Usage: "`WHO` is responsible for it"},
			&cli.StringFlag{Name: "ticket", Usage: "the ticket `WHERE` it was decided"},
			&cli.StringFlag{Name: "starts", Usage: "first `DATE` on which it applies (default: today, or the day of RESULT if that is earlier)"},
			&cli.StringFlag{Name: "expires", Usage: "last `DATE` on which it applies"},
			&cli.BoolFlag{Name: "until-changed", Usage: "make it lapse when the object changes"},
		},
		Action: runWaiverAdd,
	}
}

func runWaiverAdd(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	w, err := newWaiver(c)
	if err != nil {
		return err
	}
	file, settings, _, err := waiverFile(c)
	if err != nil {
		return err
	}
	comment, err := findWaived(c, w, settings)
	if err != nil {
		return err
	}
	unlock, err := atomicfile.Lock(c.Context, file) // others may add waivers at the same time
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	defer unlock()
	before, err := textfile.Read(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the waivers: %w", err)
	}
	after, err := waiver.AddWaiver(file, before, settings, w, comment)
	if err != nil {
		return err
	}
	added := &waiver.Set{File: file, Settings: settings}
	if status, why := added.StatusAt(w, max(w.Starts, rule.Today())); status != result.WaiverActive {
		return fmt.Errorf("the waiver would not apply: %s", why)
	}
	if err := writeFile(file, func(out io.Writer) error { _, err := out.Write(after); return err }); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.App.Writer, "%s: waives %s, %s\n", report.Name(file), report.Name(w.Rule), comment)
	return err
}

// newWaiver returns the waiver that the flags describe.
func newWaiver(c *cli.Context) (*waiver.Waiver, error) {
	w := &waiver.Waiver{Starts: rule.Today()}
	for flag, to := range map[string]*string{"reason": &w.Reason, "owner": &w.Owner, "ticket": &w.Ticket} {
		*to = strings.Join(strings.Fields(c.String(flag)), " ")
	}
	starts, err := dateFlag(c, "starts")
	if err != nil {
		return nil, err
	}
	if starts != "" {
		w.Starts = starts
	}
	if w.Expires, err = dateFlag(c, "expires"); err != nil {
		return nil, err
	}
	byPrint, byObject := c.String("fingerprint") != "", c.String("rule") != "" && c.String("object") != ""
	switch {
	case byPrint && (c.String("rule") != "" || c.String("object") != ""):
		return nil, errors.New("--fingerprint already identifies one finding; leave out --rule and --object")
	case !byPrint && !byObject:
		return nil, errors.New("name what to waive: --fingerprint, or --rule and --object")
	case byPrint && len(c.String("fingerprint")) < 8:
		return nil, errors.New("--fingerprint: give at least its first 8 characters")
	case w.Reason == "":
		return nil, errors.New("--reason: give the reason for accepting the finding")
	case w.Expires != "" && w.Expires < w.Starts:
		return nil, fmt.Errorf("--expires: %s is before the waiver starts on %s", w.Expires, w.Starts)
	}
	return w, nil
}

// findWaived looks up what is to be waived, and says it in words.
func findWaived(c *cli.Context, w *waiver.Waiver, settings waiver.Settings) (comment string, err error) {
	res, err := result.OpenFindings(c.String("from"))
	if err != nil {
		return "", fmt.Errorf("--from: %w", err)
	}
	if !c.IsSet("starts") {
		w.Starts = firstDay(w, res.Day(), settings)
	}
	var found []result.Finding // one of each object, or of each fingerprint
	for f, err := range res.Findings() {
		if err != nil {
			return "", fmt.Errorf("--from: %w", err)
		}
		if isMeant(c, &f) && len(found) < 6 && !slices.ContainsFunc(found, func(g result.Finding) bool { return sameScope(c, &f, &g) }) {
			found = append(found, f)
		}
	}
	switch {
	case len(found) == 0:
		return "", fmt.Errorf("--from: no finding in %s matches", c.String("from"))
	case len(found) > 1:
		var which []string
		for _, f := range found {
			which = append(which, fmt.Sprintf("%s %s %s", f.Fingerprint, report.Name(f.Resource.Name), f.Resource.GUID))
		}
		return "", fmt.Errorf("several findings or objects match; name a fingerprint or a GUID:\n  %s", strings.Join(which, "\n  "))
	case found[0].Waiver != nil:
		return "", fmt.Errorf("it is already waived by %s", found[0].Waiver.Place)
	}
	return scope(c, w, &found[0])
}

// firstDay lets a waiver hold on the day of the result in which its finding is, for
// the snapshot may be evaluated again, unless it would last too long.
func firstDay(w *waiver.Waiver, day rule.Date, settings waiver.Settings) rule.Date {
	limit := settings.MaxLifetimeDays
	if day == "" || day > w.Starts || limit > 0 && w.Expires != "" && day.DaysUntil(w.Expires) > limit {
		return w.Starts
	}
	return day
}

func isMeant(c *cli.Context, f *result.Finding) bool {
	if f.BaselineState == result.Absent {
		return false
	}
	if print := c.String("fingerprint"); print != "" {
		return strings.HasPrefix(f.Fingerprint, strings.ToLower(print))
	}
	object := c.String("object")
	return strings.EqualFold(f.Rule, c.String("rule")) && (strings.EqualFold(f.Resource.GUID, object) || strings.EqualFold(f.Resource.Name, object))
}

// sameScope reports whether one waiver would be about both findings.
func sameScope(c *cli.Context, f, g *result.Finding) bool {
	if c.String("fingerprint") != "" {
		return f.Fingerprint == g.Fingerprint
	}
	return f.Resource == g.Resource
}

// scope makes the waiver be about a finding, or about its object. A name that
// would be a pattern is no name, so the finding stands for the object then.
func scope(c *cli.Context, w *waiver.Waiver, f *result.Finding) (comment string, err error) {
	w.Rule = f.Rule
	comment = report.Name(f.Resource.Type + " " + f.Resource.Name)
	switch {
	case c.String("fingerprint") != "", f.Resource.GUID == "" && strings.ContainsAny(f.Resource.Name, "*?"):
		w.Fingerprint = f.Fingerprint
		comment += ": " + report.Message(f.Msg)
	case f.Resource.GUID != "":
		w.Object = &result.WaiverObject{Type: f.Resource.Type, GUID: f.Resource.GUID}
	default:
		w.Object = &result.WaiverObject{Type: f.Resource.Type, Name: f.Resource.Name}
	}
	if c.Bool("until-changed") {
		if f.ObjectHash == "" {
			return "", fmt.Errorf("--until-changed: nscheck cannot detect changes of the %s", comment)
		}
		if w.Object != nil && w.Object.GUID == "" {
			w.Object, w.Fingerprint = nil, f.Fingerprint
		}
		w.ObjectHash = f.ObjectHash
	}
	return comment, nil
}
