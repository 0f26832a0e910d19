package report

import (
	"math"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/nscheck/nscheck/evaluator/result"
)

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifLocation struct {
	ID               int            `json:"id,omitempty"`
	PhysicalLocation *sarifPhysical `json:"physicalLocation,omitempty"`
	LogicalLocations []sarifLogical `json:"logicalLocations,omitempty"`
	Message          *sarifMessage  `json:"message,omitempty"`
}

type sarifPhysical struct {
	ArtifactLocation sarifArtifact `json:"artifactLocation"`
	Region           *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
}

type sarifLogical struct {
	Name               string `json:"name"`
	FullyQualifiedName string `json:"fullyQualifiedName"`
	DecoratedName      string `json:"decoratedName,omitempty"`
	Kind               string `json:"kind"`
}

// logicalLocation is where a setting is in an estate that is no file: the
// setting of an object, or the object where the finding names no setting.
func logicalLocation(object result.Resource, path string) sarifLogical {
	name := Line(object.Name) // viewers show it as it is
	l := sarifLogical{
		Name: name, FullyQualifiedName: object.Type + "/" + name, DecoratedName: Line(object.GUID), Kind: "resource",
	}
	if path != "" {
		l.Name, l.Kind = Line(path), "property"
		l.FullyQualifiedName += "/" + l.Name
	}
	return l
}

func sarifPlace(l *result.SourceLocation) *sarifPhysical {
	if l == nil {
		return nil
	}
	p := &sarifPhysical{ArtifactLocation: sarifArtifact{URI: fileURI(l.File)}}
	if l.Line > 0 {
		p.Region = &sarifRegion{StartLine: l.Line, StartColumn: l.Column}
	}
	return p
}

// fileURI is a path as a URI: relative where the path is.
func fileURI(file string) string {
	u := url.URL{Path: filepath.ToSlash(file)}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
		u.Path = "/" + strings.TrimPrefix(u.Path, "/")
	}
	return u.String()
}

// Viewers take {0} for a placeholder and [text](target) for a link.
var (
	sarifSpecial  = regexp.MustCompile(`\{\{|\}\}|\{[0-9]+\}|\\[\\\[\]]|\[[^\[\]]*\]\(`)
	sarifReplacer = strings.NewReplacer(`\`, `\\`, `{`, `{{`, `}`, `}}`, `[`, `\[`, `]`, `\]`)
)

// sarifText makes text from outside a message that says just that.
func sarifText(s string) string {
	return sarifSpecial.ReplaceAllStringFunc(clean(s, math.MaxInt), sarifReplacer.Replace)
}
