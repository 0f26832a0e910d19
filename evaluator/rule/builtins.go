package rule

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Some built-in functions of OPA have more effect than a rule may have, and cannot
// be done without: they are held to less, in the whole program. What they are given
// in earnest is far below.
const (
	maxShift  = 1 << 16  // bits
	maxWidth  = 4        // digits of a width or precision
	maxJoined = 16 << 20 // bytes of a text that is put together of others
	maxSought = 16 << 10 // bytes of a text that is replaced, for looking up a long one takes its square
	maxPairs  = 1 << 20  // networks that are held against each other
)

// held are checks of what built-in functions are given.
var held = map[string]func(operands []*ast.Term) error{
	ast.BitsShiftLeft.Name:               checkShift,
	ast.Sprintf.Name:                     checkFormat,
	ast.Concat.Name:                      checkConcat,
	ast.Replace.Name:                     checkReplace,
	ast.ReplaceN.Name:                    checkReplaceN,
	ast.NetCIDRContainsMatches.Name:      checkPairs,
	ast.Format.Name:                      checkZone,
	ast.Date.Name:                        checkZone,
	ast.Clock.Name:                       checkZone,
	ast.Weekday.Name:                     checkZone,
	ast.AddDate.Name:                     checkZone,
	ast.Diff.Name:                        checkZone,
	ast.JSONMarshal.Name:                 checkWritten,
	ast.JSONMarshalWithOptions.Name:      checkIndent,
	ast.YAMLMarshal.Name:                 checkYAMLWritten,
	ast.URLQueryEncodeObject.Name:        checkWritten,
	ast.InternalTemplateString.Name:      checkWritten,
	ast.InternalPrint.Name:               checkWritten,
	ast.ProvidersAWSSignReqObj.Name:      checkWritten,
	ast.RegexReplace.Name:                checkRegexReplace,
	ast.RegexMatch.Name:                  checkPattern(maxPattern, 0),
	ast.RegexMatchDeprecated.Name:        checkPattern(maxPattern, 0),
	ast.RegexIsValid.Name:                checkPattern(maxPattern, 0),
	ast.RegexTemplateMatch.Name:          checkPattern(maxPattern, 0),
	ast.GlobMatch.Name:                   checkPattern(maxPattern, 0),
	ast.GlobsMatch.Name:                  checkPattern(maxGlob, 0, 1),
	ast.RegexSplit.Name:                  checkRegexPieces,
	ast.RegexFind.Name:                   checkRegexPieces,
	ast.RegexFindAllStringSubmatch.Name:  checkRegexPieces,
	ast.Split.Name:                       checkPieces,
	ast.SplitN.Name:                      checkPieces,
	ast.IndexOfN.Name:                    checkPieces,
	ast.HexEncode.Name:                   checkEncoded,
	ast.Base64Encode.Name:                checkEncoded,
	ast.Base64UrlEncode.Name:             checkEncoded,
	ast.Base64UrlEncodeNoPad.Name:        checkEncoded,
	ast.URLQueryEncode.Name:              checkEncoded,
	ast.GlobQuoteMeta.Name:               checkEncoded,
	ast.Upper.Name:                       checkEncoded,
	ast.Lower.Name:                       checkEncoded,
	ast.JSONUnmarshal.Name:               checkRead(maxRead),
	ast.JSONIsValid.Name:                 checkRead(maxRead),
	ast.URLQueryDecodeObject.Name:        checkRead(maxRead),
	ast.JWTDecode.Name:                   checkRead(maxRead),
	ast.YAMLUnmarshal.Name:               checkYAMLRead,
	ast.YAMLIsValid.Name:                 checkYAMLRead,
	ast.RegoParseModule.Name:             checkRead(maxCode),
	ast.GraphQLParse.Name:                checkRead(maxCode),
	ast.GraphQLParseAndVerify.Name:       checkRead(maxCode),
	ast.GraphQLParseQuery.Name:           checkRead(maxCode),
	ast.GraphQLParseSchema.Name:          checkRead(maxCode),
	ast.GraphQLIsValid.Name:              checkRead(maxCode),
	ast.GraphQLSchemaIsValid.Name:        checkRead(maxCode),
	ast.CryptoX509ParseCertificates.Name: checkRead(maxRead),
	ast.CryptoParsePrivateKeys.Name:      checkRead(maxRead),
	ast.ArrayConcat.Name:                 checkMembers,
	ast.ArrayFlatten.Name:                checkNested,
	ast.Or.Name:                          checkMembers,
	ast.Union.Name:                       checkNested,
	ast.ObjectUnion.Name:                 checkMerged,
	ast.ObjectUnionN.Name:                checkWritten,
	ast.JSONPatch.Name:                   checkPatch,
}

func init() {
	for name, check := range held {
		whole := topdown.GetBuiltin(name)
		topdown.RegisterBuiltinFunc(name, func(c topdown.BuiltinContext, operands []*ast.Term, iter func(*ast.Term) error) error {
			if err := check(operands); err != nil {
				return err
			}
			return whole(c, operands, iter)
		})
	}
}

// checkShift refuses numbers of which one alone takes all memory.
func checkShift(operands []*ast.Term) error {
	if n, ok := operands[1].Value.(ast.Number); ok {
		if by, isInt := n.Int(); !isInt || by > maxShift {
			return fmt.Errorf("a number can be shifted by at most %d bits", maxShift)
		}
	}
	return nil
}

// checkFormat refuses widths of which some together take all memory, and long texts
// that a format names often.
func checkFormat(operands []*ast.Term) error {
	format, _ := operands[0].Value.(ast.String)
	size := weight(len(format), operands[1])
	widths, named := 0, 0 // how often an argument is called by its number
	for rest := string(format); ; {
		_, after, found := strings.Cut(rest, "%")
		if !found {
			if named > 1 {
				size += named * longest(operands[1])
			}
			return checkText(size + widths)
		}
		verb := strings.TrimLeft(after, "+-# .0123456789[]*")
		spec := after[:len(after)-len(verb)]
		if strings.Contains(spec, "*") || longestNumber(spec) > maxWidth {
			return fmt.Errorf("a width or precision in a format can have at most %d digits, and cannot be *", maxWidth)
		}
		if strings.Contains(spec, "[") {
			named++
		}
		widths += width(spec)
		if rest = verb; strings.HasPrefix(verb, "%") {
			rest = verb[1:]
		}
	}
}

// width is the sum of all numbers between a percent sign and its verb.
func width(spec string) (sum int) {
	n := 0
	for _, c := range spec {
		if c >= '0' && c <= '9' {
			n = n*10 + int(c-'0')
			continue
		}
		sum, n = sum+n, 0
	}
	return sum + n
}

// checkText refuses texts of which one alone takes all memory.
func checkText(size int) error {
	if size > maxJoined {
		return fmt.Errorf("a text that is put together can have at most %d MiB", maxJoined>>20)
	}
	return nil
}

// longest is the weight of the heaviest member of a list.
func longest(list *ast.Term) (most int) {
	if members, ok := list.Value.(*ast.Array); ok {
		members.Until(func(t *ast.Term) bool {
			most = max(most, weight(0, t))
			return most > maxJoined
		})
	}
	return most
}

func checkConcat(operands []*ast.Term) error {
	size, n := 0, 0
	add := func(t *ast.Term) {
		if s, ok := t.Value.(ast.String); ok {
			size += len(s)
		}
		n++
	}
	switch list := operands[1].Value.(type) {
	case *ast.Array:
		list.Foreach(add)
	case ast.Set:
		list.Foreach(add)
	}
	between, _ := operands[0].Value.(ast.String)
	return checkText(size + n*len(between))
}

func checkReplace(operands []*ast.Term) error {
	whole, _ := operands[0].Value.(ast.String)
	grown, err := growth(string(whole), operands[1], operands[2])
	return cmp.Or(err, checkText(len(whole)+grown))
}

func checkReplaceN(operands []*ast.Term) error {
	whole, _ := operands[1].Value.(ast.String)
	patterns, isObject := operands[0].Value.(ast.Object)
	if !isObject {
		return nil
	}
	size := len(whole)
	err := patterns.Iter(func(old, replacement *ast.Term) error {
		grown, err := growth(string(whole), old, replacement)
		size += grown
		return err
	})
	return cmp.Or(err, checkText(size))
}

// growth is by how much a text can grow where others in it are replaced.
func growth(whole string, old, replacement *ast.Term) (int, error) {
	from, _ := old.Value.(ast.String)
	to, _ := replacement.Value.(ast.String)
	switch {
	case len(from) > maxSought:
		return 0, fmt.Errorf("a text that is replaced can have at most %d KiB", maxSought>>10)
	case len(to) <= len(from):
		return 0, nil
	}
	return strings.Count(whole, string(from)) * len(to), nil
}

// checkPairs refuses lists of networks that OPA would hold against each other
// without looking at its cancel flag.
func checkPairs(operands []*ast.Term) error {
	pairs := 1
	for _, o := range operands {
		switch list := o.Value.(type) {
		case *ast.Array:
			pairs *= list.Len()
		case ast.Set:
			pairs *= list.Len()
		case ast.Object:
			pairs *= list.Len()
		}
	}
	if pairs > maxPairs {
		return fmt.Errorf("networks can be held against each other in at most %d pairs; look each one up with net.cidr_contains", maxPairs)
	}
	return nil
}

// checkIndent refuses prefixes and indents that make much text of few values:
// encoding does not look at the cancel flag.
func checkIndent(operands []*ast.Term) error {
	if err := checkWritten(operands); err != nil {
		return err
	}
	options, isObject := operands[1].Value.(ast.Object)
	if !isObject {
		return nil
	}
	size := func(name string, otherwise int) int {
		if t := options.Get(ast.StringTerm(name)); t != nil {
			return weight(0, t)
		}
		return otherwise
	}
	return checkText(indented(operands[0], 1, size("prefix", 0), size("indent", 1), 0))
}

// indented is how many bytes prefixes and indents take, as far as that is within
// bounds.
func indented(t *ast.Term, depth, prefix, indent, size int) int {
	lines := 1
	inner := func(t *ast.Term) {
		if size <= maxJoined {
			size = indented(t, depth+1, prefix, indent, size)
		}
	}
	switch v := t.Value.(type) {
	case ast.Object:
		lines = 2
		v.Foreach(func(_, value *ast.Term) { inner(value) })
	case *ast.Array:
		lines = 2
		v.Foreach(inner)
	case ast.Set:
		lines = 2
		v.Foreach(inner)
	}
	return size + lines*(prefix+depth*indent)
}

// checkRegexReplace refuses texts in which each character may be replaced by a
// long one.
func checkRegexReplace(operands []*ast.Term) error {
	if err := checkGroups(operands[1]); err != nil {
		return err
	}
	whole, _ := operands[0].Value.(ast.String)
	replacement, _ := operands[2].Value.(ast.String)
	// Each $ may stand for all that was found, and what is found is a part of the text.
	return checkText(len(whole) + (len(whole)+1)*len(replacement) + len(whole)*strings.Count(string(replacement), "$"))
}

func longestNumber(s string) int {
	longest, n := 0, 0
	for _, c := range s {
		if n++; c < '0' || c > '9' {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

// checkZone refuses the time zone of the machine.
func checkZone(operands []*ast.Term) error {
	for _, o := range operands {
		if list, ok := o.Value.(*ast.Array); ok && list.Len() > 1 && list.Elem(1).Value.Compare(ast.String("Local")) == 0 {
			return errors.New("rules cannot use the time zone of the machine, for one snapshot has one verdict; name a zone, such as UTC")
		}
	}
	return nil
}
