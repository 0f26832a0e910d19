package scaffold

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

var (
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	deviceForm = regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)
)

// CheckName refuses names of rules that would make no good file or package.
func CheckName(name string) error {
	area, rule, ok := strings.Cut(name, "/")
	if !ok || strings.Contains(rule, "/") {
		return fmt.Errorf("the rule's name %q must be of the form AREA/NAME, such as site/two_package_servers", name)
	}
	for _, part := range []string{area, rule} {
		switch {
		case !nameForm.MatchString(part):
			return fmt.Errorf("the rule's name %q: %q must be lower-case letters, digits and underscores, and begin with a letter", name, part)
		case isReserved(part):
			return fmt.Errorf("the rule's name %q: Rego reserves the word %s; choose another", name, part)
		case deviceForm.MatchString(part):
			return fmt.Errorf("the rule's name %q: Windows reserves the name %s for a device; choose another", name, part)
		case len(part) > 80:
			return fmt.Errorf("the rule's name %q: a part of it has more than 80 characters", name)
		}
	}
	switch {
	case area == "schemas":
		return fmt.Errorf("the rule's name %q: the folder schemas holds schemas; choose another", name)
	case slices.Contains([]string{"data", "pack", "params"}, rule):
		return fmt.Errorf("the rule's name %q: %s.yaml beside the rule would be taken for something else; choose another", name, rule)
	case strings.HasSuffix(rule, "_test"):
		return fmt.Errorf("the rule's name %q: files that end in _test hold tests; choose another", name)
	}
	return nil
}

func isReserved(word string) bool {
	return slices.Contains(ast.Keywords, word) || word == "data" || word == "input"
}
