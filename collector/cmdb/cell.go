package cmdb

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
)

// cell is one value of a row. It implements sql.Scanner. Which type a driver
// gives for a kind of column is not public for most columns of a CMDB and differs
// between servers, so every kind is read from every type that can represent it.
type cell struct {
	kind  binding.Kind
	known bool      // false for NULL, and for empty text
	text  string    // textKind
	num   int64     // intKind, countKind, boolKind (0 or 1), timeKind (seconds of the wall clock)
	guid  guid.GUID // guidKind
	// unsure is set if day and month of a time may be the wrong way round.
	unsure bool
	line   int // of the row, in its file or in the answer; in a row's first cell only
	// shared, if set, is a copy of the text that many cells point to.
	shared *string
}

// Scan reads a driver's value.
func (c *cell) Scan(src any) error {
	c.known, c.text, c.num, c.shared, c.unsure = false, "", 0, nil, false
	if t, ok := src.(UnsureTime); ok {
		c.unsure, src = true, time.Time(t)
	}
	if src == nil {
		return nil
	}
	var err error
	switch c.kind {
	case binding.Text:
		c.text = strings.TrimSpace(scanText(src))
		c.known = c.text != ""
		return nil
	case binding.GUID:
		if isEmpty(src) {
			return nil
		}
		c.guid, err = scanGUID(src)
	case binding.Int:
		c.num, err = scanInt(src)
	case binding.Count:
		if c.num, err = scanInt(src); err == nil {
			err = checkCount(c.num)
		}
	case binding.Bool:
		c.num, err = scanBool(src)
	case binding.Time:
		c.num, err = scanTime(src)
	}
	c.known = err == nil
	if errors.Is(err, errNoValue) {
		return nil
	}
	return err
}

// errNoValue is the error of empty text in a column of another kind. It means
// unknown, not wrong.
var errNoValue = errors.New("it is empty")

func isEmpty(src any) bool {
	switch v := src.(type) {
	case string:
		return strings.TrimSpace(v) == ""
	case []byte:
		return len(v) == 0
	}
	return false
}

func scanText(src any) string {
	switch v := src.(type) {
	case string:
		return strings.ToValidUTF8(v, "\uFFFD")
	case []byte:
		return strings.ToValidUTF8(string(v), "\uFFFD")
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return fmt.Sprint(src)
}

// scanGUID reads a GUID from whatever a driver makes of one.
func scanGUID(src any) (guid.GUID, error) {
	switch v := src.(type) {
	case []byte:
		if len(v) == 16 {
			return guid.FromWire(v)
		}
		return guid.Parse(v)
	case string:
		return guid.Parse(v)
	default:
		return guid.GUID{}, fmt.Errorf("it is a %T, not a GUID", src)
	}
}

func scanInt(src any) (int64, error) {
	switch v := src.(type) {
	case int64:
		return v, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case float64:
		if v != math.Trunc(v) || math.Abs(v) > 1<<53 {
			return 0, fmt.Errorf("%v is not a whole number", v)
		}
		return int64(v), nil
	case string:
		return parseInt(v)
	case []byte:
		return parseInt(string(v))
	}
	return 0, fmt.Errorf("it is a %T, not a number", src)
}

// checkCount refuses what cannot be a number of things.
func checkCount(n int64) error {
	if n < 0 {
		return fmt.Errorf("%d is below 0, and a count is not", n)
	}
	return nil
}

func parseInt(text string) (int64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, errNoValue
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", binding.Clip(text))
	}
	return scanInt(f)
}

func scanBool(src any) (int64, error) {
	var text string
	switch v := src.(type) {
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		n, err := scanInt(src)
		if err != nil {
			return 0, fmt.Errorf("it is a %T, not true or false", src)
		}
		if n != 0 {
			n = 1
		}
		return n, nil
	}
	if strings.TrimSpace(text) == "" {
		return 0, errNoValue
	}
	b, err := binding.ParseBool(text)
	if err != nil || !b {
		return 0, err
	}
	return 1, nil
}

// timeLayouts are the forms in which engines write times as text.
var timeLayouts = []string{
	"2006-01-02 15:04:05",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02",
}

// scanTime returns the seconds of the wall clock, as if it showed UTC. Times in a
// CMDB have no zone, drivers return them as UTC, and a zone is ignored.
func scanTime(src any) (int64, error) {
	switch v := src.(type) {
	case time.Time:
		return wallClock(v), nil
	case string:
		return parseTime(v)
	case []byte:
		return parseTime(string(v))
	}
	return 0, fmt.Errorf("it is a %T, not a time", src)
}

func parseTime(text string) (int64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, errNoValue
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return wallClock(t), nil
		}
	}
	return 0, fmt.Errorf("%q is not a time", binding.Clip(text))
}

func wallClock(t time.Time) int64 {
	_, offset := t.Zone()
	return t.Unix() + int64(offset)
}

// The getters below return nil for a value that is not known. What they return
// is shared between clients and must not be changed: of a million clients most
// have the same few values.

func (c *cell) textOrNil() *string {
	if !c.known {
		return nil
	}
	if c.shared != nil {
		return c.shared
	}
	text := c.text
	return &text
}

func (c *cell) intOrNil() *int {
	if !c.known {
		return nil
	}
	return sharedInt(int(c.num))
}

func (c *cell) boolOrNil() *bool {
	if !c.known {
		return nil
	}
	return sharedBool(c.num != 0)
}

func sharedBool(b bool) *bool {
	if b {
		return &bools[1]
	}
	return &bools[0]
}

var bools = [2]bool{false, true}

// sharedInt returns a pointer to an age or exit code. Few of them are large.
func sharedInt(n int) *int {
	if 0 <= n && n < len(smallInts) {
		return &smallInts[n]
	}
	return &n
}

var smallInts = func() (ints [4096]int) {
	for i := range ints {
		ints[i] = i
	}
	return ints
}()

func (c *cell) guidOrNil() *string {
	if !c.known {
		return nil
	}
	text := c.guid.String()
	return &text
}
