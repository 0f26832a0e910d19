package probe

import (
	"strings"
	"unicode"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
)

// tokens returns the words of a name such as vRM_Site_Item or SiteSubnetGuid, each in
// one of its forms, without words that have no meaning of their own.
func tokens(name string) map[string]bool {
	words := make(map[string]bool)
	for _, word := range splitWords(name) {
		word = canonical(strings.ToLower(word))
		if !noise[word] {
			words[word] = true
		}
	}
	return words
}

// splitWords splits a name at signs and between small letters and capitals.
func splitWords(name string) []string {
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, string(word))
			word = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])):
			flush()
		}
		word = append(word, r)
	}
	flush()
	return words
}

// noise are words that most names of a CMDB share.
var noise = map[string]bool{
	"v": true, "vw": true, "rm": true, "item": true, "inv": true, "evt": true, "ae": true, "x": true, "aex": true,
	"ac": true, "tbl": true, "swd": true, "dbo": true, "is": true, "has": true, "at": true, "of": true, "the": true,
}

// forms maps words to others of the same meaning.
var forms = map[string]string{
	"id": "guid", "uid": "guid", "key": "guid", "pkg": "package", "svr": "server", "srv": "server",
	"resource": "computer", "machine": "computer", "client": "computer", "host": "computer",
	"collection": "filter", "network": "subnet", "cidr": "subnet", "range": "subnet", "title": "name", "state": "status",
	"date": "time", "location": "site",
}

func canonical(word string) string {
	switch {
	case strings.HasSuffix(word, "ies") && len(word) > 4:
		word = strings.TrimSuffix(word, "ies") + "y"
	case strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "us") && len(word) > 3:
		word = strings.TrimSuffix(word, "s")
	}
	if form, ok := forms[word]; ok {
		return form
	}
	return word
}

// aliasesOf returns words that name the same thing in part: a package server is a
// computer.
func aliasesOf(words map[string]bool) map[string]bool {
	more := make(map[string]bool)
	if words["server"] {
		more["computer"] = true
	}
	return more
}

// anyKind is the kind of a column of which only the name is known.
const anyKind = binding.Kind(255)

// kindByName guesses the kind of a column: a GUID if its name suggests one.
func kindByName(name string) binding.Kind {
	if tokens(name)["guid"] {
		return binding.GUID
	}
	return anyKind
}

// typeFits reports whether a column of that type can have values of a kind. Text can
// have any, and so can an unknown type.
func typeFits(k binding.Kind, dataType string) bool {
	dataType, _, _ = strings.Cut(dataType, "(")
	if k == anyKind {
		return dataType != "uniqueidentifier"
	}
	switch strings.TrimSpace(dataType) {
	case "uniqueidentifier":
		return k == binding.GUID
	case "bit":
		return k == binding.Bool || k == binding.Int || k == binding.Count || k == binding.Text
	case "tinyint", "smallint", "int", "bigint", "decimal", "numeric":
		return k == binding.Bool || k == binding.Int || k == binding.Count || k == binding.Text
	case "date", "datetime", "datetime2", "smalldatetime", "datetimeoffset":
		return k == binding.Time
	case "image", "varbinary", "binary", "timestamp", "rowversion", "float", "real", "money":
		return false
	case "varchar", "nvarchar", "char", "nchar", "text", "ntext", "sysname", "xml":
		return k != binding.GUID || !strings.Contains(dataType, "xml")
	}
	return true
}
