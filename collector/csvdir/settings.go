package csvdir

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/nscheck/nscheck/snapshot"
)

// settings are the user's settings for the files, after ? in the source.
type settings struct {
	dates       string // de, us, iso, or empty: what each date shows by itself
	numbers     string // de, us, or empty
	delimiter   byte   // 0: as the header shows
	encoding    string // empty: as the file shows
	collectedAt *snapshot.Time
	utcOffset   *time.Duration
}

var delimiters = map[string]byte{"comma": ',', "semicolon": ';', "tab": '\t'}

const knownSettings = "dates, numbers, delimiter, encoding, collected_at and utc_offset"

// parseSettings reads key=value pairs joined by &. A plus sign is a plus sign:
// offsets from UTC have one.
func parseSettings(text string) (*settings, error) {
	s := &settings{}
	seen := map[string]bool{}
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		key, raw, _ := strings.Cut(pair, "=")
		value, err := url.PathUnescape(raw)
		if err != nil {
			return nil, fmt.Errorf("the value of %s cannot be read; write it plainly, or %% and two hexadecimal digits for a character", key)
		}
		if seen[key] {
			return nil, fmt.Errorf("%s is given twice", key)
		}
		seen[key] = true
		if err := s.set(key, value); err != nil {
			return nil, err
		}
	}
	if s.numbers == "" && (s.dates == "de" || s.dates == "us") {
		s.numbers = s.dates
	}
	return s, nil
}

func (s *settings) set(key, value string) error {
	oneOf := func(allowed ...string) error {
		for _, a := range allowed {
			if value == a {
				return nil
			}
		}
		last := len(allowed) - 1
		return fmt.Errorf("%s is %s or %s, not %q", key, strings.Join(allowed[:last], ", "), allowed[last], value)
	}
	switch key {
	case "dates":
		s.dates = value
		return oneOf("de", "us", "iso")
	case "numbers":
		s.numbers = value
		return oneOf("de", "us")
	case "delimiter":
		s.delimiter = delimiters[value]
		return oneOf("comma", "semicolon", "tab")
	case "encoding":
		s.encoding = value
		return oneOf("utf-8", "utf-16le", "utf-16be", "windows-1252")
	case "collected_at":
		t, err := snapshot.ParseTime(value)
		if err != nil {
			return fmt.Errorf("collected_at: %w", err)
		}
		s.collectedAt = &t
		return nil
	case "utc_offset":
		offset, err := parseOffset(value)
		s.utcOffset = &offset
		return err
	}
	return fmt.Errorf("unknown setting %q; the settings are %s", key, knownSettings)
}

func parseOffset(text string) (time.Duration, error) {
	t, err := time.Parse("Z07:00", text)
	if err != nil {
		return 0, fmt.Errorf("utc_offset is Z or of the form +01:00 or -05:00, not %q", text)
	}
	_, seconds := t.Zone()
	if seconds < -14*3600 || seconds > 14*3600 {
		return 0, errors.New("utc_offset must be between -14:00 and +14:00")
	}
	return time.Duration(seconds) * time.Second, nil
}
