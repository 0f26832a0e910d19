package lint

import (
	"slices"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// Severity is how bad it is what a lint finds.
type Severity string

// Severities, the worst first.
const (
	// Error: nscheck refuses the rules, or their tests or worked examples.
	Error Severity = "error"
	// Warning: the rules load, and something is most likely not as it should be.
	Warning Severity = "warning"
	// Advice: something could be better. It never decides about the exit status.
	Advice Severity = "advice"
	// off is a lint that looks at nothing.
	off Severity = ""
)

// Severities lists all severities, the worst first.
var Severities = []Severity{Error, Warning, Advice}

// Lint is one thing to look for.
type Lint struct {
	// Name by which it is reported, silenced and described.
	Name string `json:"name"`
	// How bad what it finds is; empty where it is only looked for in packs that are shared.
	Severity Severity `json:"severity,omitempty"`
	// The same for packs that are shared: with --strict.
	Strict Severity `json:"strict_severity"`
	// What it finds.
	Summary string `json:"summary"`
	// What to do about it.
	Help string `json:"help"`
}

// Names of the lints that package evaluator does not find.
const (
	doesNotLoad      = "does-not-load"
	packFile         = "pack-file"
	testFile         = "test-file"
	noTests          = "no-tests"
	noExamples       = "no-examples"
	noFailingExample = "no-failing-example"
	missingCase      = "missing-case"
	orphanFile       = "orphan-file"
	noUnknown        = "no-unknown"
	mixedTypes       = "mixed-types"
	versionAsText    = "version-as-text"
	noMembers        = "no-members"
	unknownValue     = "unknown-value"
	wrongVerb        = "wrong-verb"
	notRemembered    = rule.NotRemembered
	unusedLibrary    = "unused-library"
	unusedHelper     = "unused-helper"
	remediationGap   = "remediation-gap"
	missingSchema    = "missing-schema"
	longTitle        = "long-title"
	longDescription  = "long-description"
	idPrefix         = "id-prefix"
	format           = "format"
	oldImport        = "old-import"
	noReferences     = "no-references"
	placeholder      = "placeholder"
	noPackFile       = "no-pack-file"
	packFileGap      = "pack-file-gap"
	ignoreReason     = "ignore-without-reason"
	ignoreUnknown    = "ignore-unknown"
	ignoreUnused     = "ignore-unused"
)

// Lints lists all lints, the worst first, then in the order of the page.
func Lints() []Lint { return slices.Clone(lints) }

// named finds a lint.
func named(name string) (Lint, bool) {
	i := slices.IndexFunc(lints, func(l Lint) bool { return l.Name == name })
	if i < 0 {
		return Lint{}, false
	}
	return lints[i], true
}

// names are those of all lints.
func names() []string {
	out := make([]string, len(lints))
	for i, l := range lints {
		out[i] = l.Name
	}
	return out
}

// under is how bad what the lint finds is.
func (l Lint) under(strict bool) Severity {
	if strict {
		return l.Strict
	}
	return l.Severity
}

var lints = []Lint{
	{string(rule.FlawSyntax), Error, Error, "a file is not Rego", "Correct the code at the caret, or just before it."},
	{string(rule.FlawCompile), Error, Error, "code does not compile", "Correct the code; the strict mode of \"opa check\" says the same."},
	{string(rule.FlawUnknownPath), Error, Error, "code reads what does not exist", "Write the name that exists; policies/schemas has all of them."},
	{string(rule.FlawRefusedBuiltin), Error, Error, "code calls a function that rules cannot call", "Do without it: a rule evaluates the snapshot and nothing else."},
	{string(rule.FlawWrongDocument), Error, Error, "code reads a document that is not for it", "Read the document that is for rules of this scope."},
	{string(rule.FlawContract), Error, Error, "a package does not define what a rule defines", "Define violation, and what else the contract of rules knows."},
	{string(rule.FlawMissingMetadata), Error, Error, "the METADATA of a rule lacks something", "Add it to the METADATA before the package."},
	{string(rule.FlawUnknownMetadata), Error, Error, "the METADATA of a rule has an unknown key", "Correct the key, or take it out."},
	{string(rule.FlawWrongMetadata), Error, Error, "the METADATA of a rule has a value that cannot be", "Correct the value."},
	{string(rule.FlawIDCollision), Error, Error, "two rules have one id", "Give the newer rule an id that no rule has or had."},
	{string(rule.FlawReserved), Error, Error, "an id or a package belongs to the built-in rules", "Choose a name of your own; --no-builtin leaves the built-in rules out."},
	{string(rule.FlawPackage), Error, Error, "two files define one package", "Give each rule a package of its own."},
	{packFile, Error, Error, "pack.yaml cannot be used", "Correct the file."},
	{string(rule.FlawExample), Error, Error, "a file of worked examples cannot be read", "Correct the file; policies/README.md describes it."},
	{testFile, Error, Error, "a file of tests does not compile", "Correct the test; \"nscheck rule test\" runs it."},
	{doesNotLoad, Error, Error, "nscheck refuses the rules", "Do what the message says."},
	{noTests, Warning, Warning, "a rule or a library has no tests", "Write tests in <rule>_test.rego beside it."},
	{noExamples, Warning, Warning, "a rule has no worked examples", "Write examples in <rule>.yaml beside it."},
	{noFailingExample, Warning, Warning, "no worked example shows what the rule finds", "Add an example whose expect has findings."},
	{missingCase, Advice, Warning, "worked examples do not show every case", "Add an example of each case that is missing."},
	{orphanFile, Warning, Warning, "a test or a file of examples has no rule beside it", "Name it as its rule, or remove it."},
	{noUnknown, Warning, Warning, "a rule takes what is not known for fine", "Say in \"unknown contains … if\" what cannot be judged, and why."},
	{mixedTypes, Warning, Warning, "code compares values of two types", "Compare values of one type; in params.yaml a version stands in quotes, and a number does not."},
	{versionAsText, Warning, Warning, "code compares versions as texts", "Compare them as lists of numbers, as older of data.nscheck.lib.versions does, or _numbers in docs/custom-rules.md."},
	{noMembers, Warning, Warning, "code looks with \"in\" into what has no members", "Write contains(text, part), or startswith, to look into a text."},
	{unknownValue, Warning, Warning, "code compares a field with a text that it never is", "Write a text that it can be; \"nscheck schema\" shows which those are."},
	{wrongVerb, Warning, Warning, "a format does not fit the values that it is given", "Write one verb for each value, and %v where it may be of any type."},
	{notRemembered, Warning, Warning, "verdicts about clients cannot be remembered", "Read the fields that many clients share."},
	{unusedLibrary, Warning, Warning, "no rule uses a library", "Use it, or remove the file."},
	{unusedHelper, Warning, Warning, "nothing uses a helper", "Use it, or remove it."},
	{remediationGap, Warning, Warning, "for some versions a rule does not say what to do", "Add an entry under remediation for the rest, or one without versions."},
	{missingSchema, Warning, Warning, "the stock opa command would not notice misspelt fields", "Add the line to schemas in the METADATA."},
	{idPrefix, Warning, Warning, "an id does not begin with the prefix of the pack", "Change the id, or the prefix in pack.yaml."},
	{format, Warning, Warning, "a file is not formatted as \"opa fmt\" formats it", "Run \"nscheck rule lint --fix\"."},
	{ignoreReason, Warning, Warning, "a lint is silenced without a reason", "Write the reason behind the name."},
	{ignoreUnknown, Warning, Warning, "a lint is silenced that there is not", "Correct the name; \"nscheck rule lint --list\" has all."},
	{ignoreUnused, Warning, Warning, "a silencing silences nothing", "Remove the comment."},
	{longTitle, Advice, Advice, "a title is too long for lists", "Say what is wrong in a few words; the description has room for more."},
	{longDescription, Advice, Advice, "a description is too long to be read", "Keep what a reader of a finding needs."},
	{oldImport, Advice, Advice, "an import is not needed any more", "Remove the import: Rego has its keywords without it."},
	{noReferences, off, Warning, "a shared rule names no article to read", "Add related_resources to the METADATA."},
	{placeholder, off, Warning, "a text of a shared rule is still to be written", "Write what readers of a finding need."},
	{noPackFile, off, Warning, "a shared pack does not say which pack it is", "Add a pack.yaml with name, version, description, prefix and nscheck."},
	{packFileGap, off, Warning, "pack.yaml does not say what others need", "Add what is missing to pack.yaml."},
}
