// Package policies holds the built-in rule pack as files: rules by area, with
// their tests and worked examples next to them, the library that they share,
// the parameters with their defaults, and the JSON Schemas of what rules read.
// It holds no Go code that evaluates anything; package evaluator loads the pack.
// README.md describes the files.
package policies

import "embed"

// FS is the rule pack, with params.yaml and the folders of the areas at its
// root. Tests and examples are part of it, because they document the rules.
//
//go:embed params.yaml */*.rego */*.yaml
var FS embed.FS

// Schemas is the folder schemas: the JSON Schemas of what rules read. They are
// no Go package of their own because "opa check --schema" takes a folder and
// fails at any file in it that is not a schema.
//
//go:embed schemas/*.json
var Schemas embed.FS
