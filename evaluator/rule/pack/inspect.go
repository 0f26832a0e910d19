package pack

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// Info is what there is to know of a pack.
type Info struct {
	// The folder or file.
	File string `json:"file"`
	// What pack.yaml says; absent where there is none.
	Pack *rule.PackManifest `json:"pack,omitempty"`
	// What the pack says of its signature; absent where it is not signed. Only
	// verifying tells whether that is true.
	Signature *Signature `json:"signature,omitempty"`
	// The parameters of the pack with their defaults.
	Params map[string]any `json:"params"`
	// The rules by id.
	Rules []RuleInfo `json:"rules"`
	// The files by name.
	Files []FileInfo `json:"files"`
}

// RuleInfo is a rule of a pack.
type RuleInfo struct {
	// The rule's id.
	ID string `json:"id"`
	// How bad a finding is.
	Severity rule.Severity `json:"severity"`
	// What the rule judges.
	Scope rule.Scope `json:"scope"`
	// What the rule finds.
	Title string `json:"title"`
	// The file in the pack.
	File string `json:"file"`
}

// FileInfo is a file of a pack.
type FileInfo struct {
	// Name in the pack.
	Name string `json:"name"`
	// Number of bytes.
	Size int `json:"size"`
	// SHA-256, in hexadecimal.
	SHA256 string `json:"sha256"`
}

// Inspect lists what is in a pack. The rules and parameters are those of the pack,
// loaded together with other sources. Where they do not load, err says why, and the
// rest is there.
func Inspect(p *Pack, others []rule.Source) (info *Info, err error) {
	info = &Info{File: p.Name, Pack: p.Manifest, Params: map[string]any{}, Rules: []RuleInfo{}, Files: []FileInfo{}}
	files := p.archive
	if files == nil {
		if files, err = readFolder(p.FS); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sum := sha256.Sum256(files[name].Data)
		info.Files = append(info.Files, FileInfo{name, len(files[name].Data), hex.EncodeToString(sum[:])})
	}
	if info.Signature, err = p.Signature(); err != nil {
		return info, err
	}
	pack, err := rule.LoadPack(append(slices.Clone(others), p.Source())...)
	if err != nil {
		return info, err
	}
	own := pack.Owned(p.Name)
	for _, r := range own.Rules {
		info.Rules = append(info.Rules, RuleInfo{r.ID, r.Severity, r.Scope, r.Title, r.FileIn()})
	}
	info.Params = own.Params
	return info, nil
}
