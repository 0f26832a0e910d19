package lint

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/nscheck/nscheck/internal/suggest"
)

// fileKeys are those of worked examples and of pack.yaml.
var fileKeys = []string{
	"examples", "name", "case", "params", "estate", "clients", "expect", "verdict", "findings", "unknown", "affects_unknown",
	"resource", "msg", "version", "description", "prefix", "nscheck",
}

// unreadKey is how the reader of YAML says that it knows no such key.
var unreadKey = regexp.MustCompile(`there is no key "([^"]+)"; known are .*`)

var yamlLine = regexp.MustCompile(`\bline (\d+): `)

// yamlPlace finds the line that an error about YAML names, and takes it out of
// the message; 0 where it names none.
func yamlPlace(message string) (line int, rest string) {
	message = strings.ReplaceAll(strings.ReplaceAll(message, "yaml: ", ""), "unmarshal errors:\n  ", "")
	message = unreadKey.ReplaceAllStringFunc(message, func(text string) string {
		key := unreadKey.FindStringSubmatch(text)[1]
		if near := suggest.To(key, fileKeys); near != "" {
			return fmt.Sprintf("nobody reads the key %q; did you mean %q?", key, near)
		}
		return text
	})
	found := yamlLine.FindStringSubmatchIndex(message)
	if found == nil {
		return 0, strings.ReplaceAll(message, "\n  ", "; ")
	}
	line, err := strconv.Atoi(message[found[2]:found[3]])
	if err != nil {
		line = 0
	}
	rest = message[:found[0]] + message[found[1]:]
	return line, strings.ReplaceAll(rest, "\n  ", "; ")
}
