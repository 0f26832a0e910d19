package csvdir

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
)

// fieldReader converts the text of fields to values. It keeps the order of day and
// month that the dates of a file have shown.
type fieldReader struct {
	*settings
	zone   *time.Location // of the file's times
	shift  time.Duration  // to the local time in which they are wanted
	latest time.Time      // face of the clock a day after the collection
	order  string         // "day" or "month" first, once a date has shown it
}

// value reads a field; nil if it is empty, or NULL as query tools write it.
func (r *fieldReader) value(section string, c binding.Column, field []byte, quoted bool) (any, error) {
	text := strings.TrimSpace(string(field))
	if text == "" || text == "NULL" && !quoted {
		return nil, nil
	}
	switch c.Kind {
	case binding.GUID:
		g, err := guid.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a GUID", binding.Clip(text))
		}
		return g.String(), nil
	case binding.Int:
		return r.number(text)
	case binding.Count:
		n, err := r.number(text)
		if n, ok := n.(int64); ok && n < 0 {
			return nil, fmt.Errorf("%q is below 0, and a count is not", binding.Clip(text))
		}
		return n, err
	case binding.Bool:
		return boolean(text)
	case binding.Time:
		t, unsure, err := r.date(text)
		if err != nil {
			return nil, err
		}
		if unsure {
			return cmdb.UnsureTime(t.Add(r.shift)), nil
		}
		return t.Add(r.shift), nil
	}
	if v, ok := vocabulary[section+"."+c.Name]; ok {
		return v.parse(text)
	}
	return text, nil
}

func (v words) parse(text string) (any, error) {
	known := make([]string, 0, len(v.values))
	bare := strings.Trim(text, "{}")
	for _, w := range v.values {
		for _, name := range append([]string{w.value}, w.synonyms...) {
			if strings.EqualFold(name, bare) {
				return w.value, nil
			}
		}
		known = append(known, w.value)
	}
	if v.others {
		return text, nil // none of these, which is not the same as empty
	}
	return nil, fmt.Errorf("%q is not one of %s", binding.Clip(text), strings.Join(known, ", "))
}

// names are the values themselves.
func (v words) names() (names []string) {
	for _, w := range v.values {
		names = append(names, w.value)
	}
	return names
}

var booleans = map[string]int64{
	"1": 1, "-1": 1, "true": 1, "yes": 1, "t": 1, "y": 1, "on": 1,
	"0": 0, "false": 0, "no": 0, "f": 0, "n": 0, "off": 0,
	"wahr": 1, "ja": 1, "falsch": 0, "nein": 0,
	"vrai": 1, "oui": 1, "faux": 0, "non": 0,
	"verdadero": 1, "verdadeiro": 1, "sí": 1, "si": 1, "sim": 1, "falso": 0, "não": 0, "nao": 0,
	"vero": 1, "sì": 1, "waar": 1, "onwaar": 0, "nee": 0,
}

func boolean(text string) (any, error) {
	n, ok := booleans[strings.ToLower(text)]
	if !ok {
		return nil, fmt.Errorf("%q is neither true nor false; write 1 or 0, true or false, yes or no", binding.Clip(text))
	}
	return n, nil
}

// number reads a whole number, with a German or a US decimal mark and groups of
// thousands. If the two readings differ, a setting must decide.
func (r *fieldReader) number(text string) (any, error) {
	text = strings.Map(func(r rune) rune {
		switch r {
		case '\'', '\u2019', ' ', '\u00a0', '\u202f': // groups of thousands, whatever the language
			return '\''
		}
		return r
	}, text)
	if strings.Contains(text, "'") {
		whole, fraction, decimal := text, "", byte('.')
		if at := strings.IndexAny(text, ".,"); at >= 0 {
			whole, fraction, decimal = text[:at], text[at+1:], text[at]
		}
		if n, ok := grouped(whole+string(decimal)+"0"+strings.TrimLeft(fraction, "0"), '\'', decimal); ok {
			return n, nil
		}
		return nil, fmt.Errorf("%q is not a whole number", binding.Clip(text))
	}
	german, germanOK := grouped(text, '.', ',')
	us, usOK := grouped(text, ',', '.')
	switch {
	case r.numbers == "de" && germanOK:
		return german, nil
	case r.numbers == "us" && usOK, r.numbers == "" && usOK && !germanOK:
		return us, nil
	case r.numbers == "" && germanOK && !usOK:
		return german, nil
	case r.numbers == "" && germanOK && german == us:
		return german, nil
	case r.numbers == "" && germanOK:
		return nil, fmt.Errorf("%q is %d or %d; set numbers=de or numbers=us", binding.Clip(text), german, us)
	}
	return nil, fmt.Errorf("%q is not a whole number", binding.Clip(text))
}

// grouped reads digits with groups of three and a fraction that must be zero.
func grouped(text string, group, decimal byte) (int64, bool) {
	whole, fraction, hasFraction := strings.Cut(text, string(decimal))
	if hasFraction && (fraction == "" || strings.Trim(fraction, "0") != "") {
		return 0, false
	}
	parts := strings.Split(whole, string(group))
	for i, part := range parts {
		digits := part
		if i == 0 {
			digits = strings.TrimPrefix(part, "-")
		}
		if i > 0 && len(digits) != 3 || len(parts) > 1 && i == 0 && (len(digits) > 3 || digits == "") {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(strings.Join(parts, ""), 10, 64)
	return n, err == nil
}

// clocks are the forms of the time of day, after the date.
var clocks = []string{"", " 15:04", " 15:04:05", " 3:04 PM", " 3:04:05 PM"}

// isoForms are unambiguous with any settings.
var isoForms = []string{
	"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05",
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -07:00",
	"2006/1/2", "2006/1/2 15:04", "2006/1/2 15:04:05", "2006/1/2 3:04:05 PM", "2006.1.2 15:04:05",
	"Jan 2 2006 3:04PM", "Jan 2 2006 3:04:05PM", "Jan 2 2006 3:04:05:000PM", "Jan 2 2006", "2 Jan 2006 15:04:05", "2 Jan 2006",
}

// date reads a date, with or without a time of day. It returns the time on the clock,
// as if it showed UTC, and whether the date is after the collection only because a
// setting decided the order of its day and month.
func (r *fieldReader) date(text string) (t time.Time, unsure bool, err error) {
	at := strings.IndexAny(text, "/-")
	if t, err = r.knownDate(text); err == nil && r.dates != "" && (at == 1 || at == 2) {
		other := *r.settings
		other.dates = map[string]string{"de": "us", "us": "de"}[r.dates]
		swapped, failure := (&fieldReader{settings: &other, zone: r.zone}).knownDate(text)
		unsure = other.dates != "" && failure == nil && t.After(r.latest) && !swapped.After(r.latest)
	}
	return t, unsure, err
}

func (r *fieldReader) knownDate(text string) (time.Time, error) {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "\u202f", " ")), " ")
	for _, form := range isoForms {
		if t, err := time.Parse(form, text); err == nil {
			if strings.Contains(form, "07:00") {
				t = t.In(r.zone)
			}
			return wallClock(t), nil
		}
	}
	dayFirst, day := parseClock("2.1.2006", strings.ToUpper(text))
	dotted := day
	slashed := strings.ToUpper(text)
	if numbersWithDashes.MatchString(slashed) {
		slashed = strings.Replace(slashed, "-", "/", 2)
	}
	if !day {
		dayFirst, day = parseClock("2/1/2006", slashed)
	}
	monthFirst, month := parseClock("1/2/2006", slashed)
	switch {
	case !day && !month:
		return time.Time{}, fmt.Errorf("%q is not a date; write it as 2014-03-31 18:05:00, or as 31.03.2014 18:05:00 or 3/31/2014 6:05:00 PM with four digits for the year", binding.Clip(text))
	case r.dates == "iso":
		return time.Time{}, fmt.Errorf("%q is not a date such as 2014-03-31 18:05:00, which the setting dates=iso requires", binding.Clip(text))
	case dotted && r.dates == "us":
		return time.Time{}, fmt.Errorf("%q is a German date, but the setting dates=us requires dates such as 3/31/2014", binding.Clip(text))
	case dotted:
		return dayFirst, nil
	case r.dates == "de" && day:
		return dayFirst, nil
	case r.dates == "us" && month:
		return monthFirst, nil
	case r.dates != "":
		return time.Time{}, fmt.Errorf("%q is not a date with dates=%s", binding.Clip(text), r.dates)
	case day && month && !dayFirst.Equal(monthFirst):
		return time.Time{}, fmt.Errorf("%q is %s or %s; set dates=de (day first) or dates=us (month first)",
			binding.Clip(text), dayFirst.Format("2 January 2006"), monthFirst.Format("2 January 2006"))
	case day && month:
		return dayFirst, nil
	case day:
		return dayFirst, r.setOrder("day")
	}
	return monthFirst, r.setOrder("month")
}

// setOrder records whether day or month comes first in a date that can be read in one
// way only. A file with both was put together from two.
func (r *fieldReader) setOrder(order string) error {
	if r.order != "" && r.order != order {
		return errors.New("this date begins with the " + order + ", and others in this file with the " + r.order + "; set dates=de or dates=us, and fix what is then reported")
	}
	r.order = order
	return nil
}

// numbersWithDashes is a date such as 1-5-2024, read like 1/5/2024.
var numbersWithDashes = regexp.MustCompile(`^\d{1,2}-\d{1,2}-\d{4}(?: |$)`)

func parseClock(date, text string) (time.Time, bool) {
	for _, clock := range clocks {
		if t, err := time.Parse(date+clock, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func wallClock(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second).UTC()
}
