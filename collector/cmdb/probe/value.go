package probe

import (
	"regexp"
	"strings"

	"github.com/antchfx/xmlquery"

	"github.com/nscheck/nscheck/internal/guid"
)

var (
	numberText   = regexp.MustCompile(`^[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?$`)
	dateText     = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?$`)
	durationText = regexp.MustCompile(`^-?[0-9]{1,4}(?:\.[0-9]{1,2})?:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$`)
	// wordText is how an enumeration's value is written: one to four words
	// together.
	wordText = regexp.MustCompile(`^(?:[A-Z][a-z]+|[a-z]{2,}|[A-Z]{2,5}){1,4}$`)
	wordPart = regexp.MustCompile(`[A-Z]?[a-z]+|[A-Z]{2,5}`)
)

// longestWord is the longest value of an enumeration.
const longestWord = 24

// valueType returns the type of a value, and the value itself if it can be shown: a
// number, a boolean, a GUID, or a value that an enumeration may have. Any other value
// may be confidential.
func valueType(value string) (kind, shown string) {
	value = strings.TrimSpace(value)
	switch lower := strings.ToLower(value); {
	case value == "":
		return "empty", ""
	case lower == "true", lower == "false":
		return "boolean", value
	case numberText.MatchString(value):
		return "number", value
	case dateText.MatchString(value):
		return "time", ""
	case durationText.MatchString(value):
		return "duration", ""
	case strings.HasPrefix(value, "<"):
		return "XML text", ""
	}
	if g, err := guid.Parse(value); err == nil && len(value) >= 32 {
		return "GUID", g.String()
	}
	if isWord(value) {
		return "word", value
	}
	return "text", ""
}

// isWord reports whether a value consists of words that settings have. Any other word
// may be a name or a password.
func isWord(value string) bool {
	if len(value) > longestWord || !wordText.MatchString(value) {
		return false
	}
	for _, part := range wordPart.FindAllString(value, -1) {
		if !settingWords[strings.ToLower(part)] {
			return false
		}
	}
	return true
}

// secretWords are parts of names that indicate credentials or names of people.
var secretWords = []string{
	"pass", "pwd", "secret", "credential", "token", "key", "auth", "login", "logon", "user", "account", "owner",
	"cert", "private", "salt", "hash", "signature", "cipher", "crypt", "protected", "connection", "cookie", "session",
	"license", "licence", "serial", "pin", "kennwort", "passwort", "benutzer", "contrase", "usuario", "motdepasse",
	"utilisateur", "identity", "identit", "community", "snmp", "apikey", "bearer", "mail", "proxy",
}

// secretName reports whether a name indicates a secret.
func secretName(name string) bool {
	lower := strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(name))
	for _, word := range secretWords {
		if word == "pin" {
			if lower == word || strings.HasSuffix(name, "Pin") || strings.HasSuffix(name, "PIN") {
				return true
			}
			continue
		}
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// longestLabel is the longest text that is treated as the name of the value next to
// it.
const longestLabel = 60

// labelledSecret reports whether an element indicates that it contains a secret: by
// the name of an attribute, or by an attribute or child that names the value next to
// it, as in <add key="Password" value="…"/>.
func labelledSecret(n *xmlquery.Node) bool {
	for _, a := range n.Attr {
		if len(a.Value) <= longestLabel && secretName(a.Value) {
			return true
		}
		if secretName(a.Name.Local) {
			return true
		}
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.Type != xmlquery.ElementNode || child.FirstChild == nil || child.FirstChild != child.LastChild {
			continue
		}
		if text := child.FirstChild; text.Type != xmlquery.ElementNode && len(text.Data) <= longestLabel && secretName(text.Data) {
			return true
		}
	}
	return false
}
