package report

import (
	"fmt"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/settings"
)

// settingChange is a setting on one line: path, what it was, what it is.
func settingChange(s *settings.Setting) string {
	if s.Change != settings.Changed {
		return Message(s.Path) + " " + s.Change
	}
	return Message(s.Path) + " " + value(s.From) + " -> " + value(s.To)
}

// sourceOf returns the place of a setting in a change; nil if it is of two snapshots.
func sourceOf(s *settings.Setting) *result.SourceLocation {
	if s.Source == nil {
		return nil
	}
	return &result.SourceLocation{File: s.Source.File, Line: s.Source.Line, Column: s.Source.Column}
}

// settingText is that, and where it stands.
func settingText(s *settings.Setting) string {
	text := settingChange(s)
	if s.Source != nil {
		text += fmt.Sprintf(" (%s:%d)", Name(s.Source.File), s.Source.Line)
	}
	return text
}

// blameText names the settings behind a finding; one that surely is it has sure
// before it.
func blameText(settings []compare.SettingRef, sure string) string {
	intro := sure
	switch {
	case !settings[0].Related:
		intro = "perhaps because of "
	case len(settings) > 1:
		intro = "because of one or all of "
	}
	var texts []string
	for i := range settings {
		if i == comparedShown {
			texts = append(texts, fmt.Sprintf("and %d more", len(settings)-i))
			break
		}
		texts = append(texts, settingText(&settings[i].Setting))
	}
	return intro + strings.Join(texts, "; ")
}

// behindSettings are the settings behind a finding that is new in a difference.
func behindSettings(d *compare.Difference, f result.Finding) []compare.SettingRef {
	if d == nil || f.BaselineState != result.New {
		return nil
	}
	return d.SettingsOf(f)
}

// behindText is a sentence about the settings behind a finding that is new in a
// difference; empty if there is nothing to report.
func behindText(d *compare.Difference, f result.Finding) string {
	lapsed := lapsedText(&f)
	if lapsed != "" {
		lapsed = " " + lapsed
	}
	settings := behindSettings(d, f)
	if len(settings) == 0 {
		return lapsed
	}
	text := blameText(settings, "because of ")
	return lapsed + " " + strings.ToUpper(text[:1]) + text[1:] + "."
}

// lapsedText reports the waiver that no longer covers a finding; empty if there is
// no such waiver.
func lapsedText(f *result.Finding) string {
	w := f.LapsedWaiver
	if w == nil {
		return ""
	}
	return fmt.Sprintf("Its waiver (%s) has lapsed: %s.", Name(w.Place), Message(w.Msg))
}
