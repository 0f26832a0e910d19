package agent

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

// ScanLogPatterns classify the lines of the scan's log. With neither completed nor
// failed the log shows nothing about a scan but its time.
type ScanLogPatterns struct {
	// Confidence is how well they are known, by the marks of bindings: ? not
	// known, R recollection, user for those of the user.
	Confidence string
	// Origin is the file that they are in.
	Origin string

	started, completed, failed []*regexp.Regexp
}

//go:embed scan_log.yaml
var shippedScanLog []byte

// ShippedScanLog are the patterns that come with nscheck.
var ShippedScanLog = sync.OnceValue(func() *ScanLogPatterns {
	var document yaml.Node
	if err := yaml.Unmarshal(shippedScanLog, &document); err != nil {
		panic(err)
	}
	p, err := ParseScanLog(document.Content[0], "nscheck")
	if err != nil {
		panic(err)
	}
	return p
})

// maxPatterns bounds each list.
const maxPatterns = 100

// ParseScanLog reads patterns from YAML: lists completed and failed, and
// optionally started and confidence. Errors name the line.
func ParseScanLog(node *yaml.Node, origin string) (*ScanLogPatterns, error) {
	if node.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: scan_log must have completed and failed, each a list of regular expressions", node.Line)
	}
	p := &ScanLogPatterns{Confidence: "user", Origin: fmt.Sprintf("%s:%d", origin, node.Line)}
	lists := map[string]*[]*regexp.Regexp{"started": &p.started, "completed": &p.completed, "failed": &p.failed}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if seen[key.Value] {
			return nil, fmt.Errorf("line %d: scan_log.%s is there twice", key.Line, key.Value)
		}
		seen[key.Value] = true
		list, ok := lists[key.Value]
		switch {
		case key.Value == "confidence":
			if err := value.Decode(&p.Confidence); err != nil || p.Confidence == "" {
				return nil, fmt.Errorf("line %d: scan_log.confidence must be a text, such as R", value.Line)
			}
		case !ok:
			return nil, fmt.Errorf("line %d: scan_log: unknown key %q; the keys are completed, failed, started and confidence", key.Line, key.Value)
		default:
			var err error
			if *list, err = patterns(value, "scan_log."+key.Value); err != nil {
				return nil, err
			}
		}
	}
	if (len(p.completed) > 0) != (len(p.failed) > 0) || len(p.started) > 0 && len(p.completed) == 0 {
		return nil, fmt.Errorf("line %d: scan_log needs both completed and failed: with one of them the outcome of the newest scan is not known", node.Line)
	}
	return p, nil
}

func patterns(value *yaml.Node, what string) (list []*regexp.Regexp, err error) {
	if value.Kind != yaml.SequenceNode {
		return nil, fmt.Errorf("line %d: %s must be a list of regular expressions", value.Line, what)
	}
	if len(value.Content) > maxPatterns {
		return nil, fmt.Errorf("line %d: %s has %d patterns; %d are allowed", value.Line, what, len(value.Content), maxPatterns)
	}
	for _, item := range value.Content {
		if item.Kind != yaml.ScalarNode || strings.TrimSpace(item.Value) == "" {
			return nil, fmt.Errorf("line %d: %s: a pattern must be a text", item.Line, what)
		}
		pattern, err := regexp.Compile("(?i)" + item.Value)
		if err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", item.Line, what, err)
		}
		if pattern.MatchString("") {
			return nil, fmt.Errorf("line %d: %s: %q matches every line", item.Line, what, item.Value)
		}
		list = append(list, pattern)
	}
	return list, nil
}

// Known reports whether there is a pattern that shows the outcome of a scan.
func (p *ScanLogPatterns) Known() bool { return len(p.completed) > 0 }

// scanOutcome is the outcome of the newest scan in the lines read so far.
type scanOutcome struct {
	patterns  *ScanLogPatterns
	completed *bool
	// conflicts counts lines that match patterns of both outcomes.
	conflicts int
}

// readLine reads the next line of the log. The last line with an outcome decides,
// unless a scan has started after it.
func (o *scanOutcome) readLine(line string) {
	completed, failed := matchesAny(o.patterns.completed, line), matchesAny(o.patterns.failed, line)
	switch {
	case completed && failed:
		o.completed = nil
		o.conflicts++
	case completed || failed:
		o.completed = &completed
	case matchesAny(o.patterns.started, line):
		o.completed = nil
	}
}

func matchesAny(list []*regexp.Regexp, line string) bool {
	for _, pattern := range list {
		if pattern.MatchString(line) {
			return true
		}
	}
	return false
}
