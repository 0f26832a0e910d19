package report

import (
	"fmt"
	"strings"

	"github.com/nscheck/nscheck/change"
	"github.com/nscheck/nscheck/evaluator"
)

// settingText is a setting on one line: path, what it was, what it is.
func settingText(s *change.Setting) string {
	text := Message(s.Path)
	switch s.Change {
	case change.Changed:
		text += " " + value(s.From) + " -> " + value(s.To)
	default:
		text += " " + s.Change
	}
	if s.Source != nil {
		text += fmt.Sprintf(" (%s:%d)", Name(s.Source.File), s.Source.Line)
	}
	return text
}

// blameText names the settings behind a finding; one that surely is it has sure
// before it.
func blameText(settings []evaluator.SettingRef, sure string) string {
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
func behindSettings(d *evaluator.Difference, f evaluator.Finding) []evaluator.SettingRef {
	if d == nil || f.BaselineState != evaluator.New {
		return nil
	}
	return d.SettingsOf(f)
}

// behindText is a sentence about the settings behind a finding that is new in a
// difference; empty where there is nothing to say.
func behindText(d *evaluator.Difference, f evaluator.Finding) string {
	settings := behindSettings(d, f)
	if len(settings) == 0 {
		return ""
	}
	text := blameText(settings, "because of ")
	return " " + strings.ToUpper(text[:1]) + text[1:] + "."
}
