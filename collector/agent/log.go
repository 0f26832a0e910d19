package agent

import (
	"bufio"
	"bytes"
	"errors"
	"html"
	"io"
	"strings"
	"time"
)

// event is one event of an agent's log, with the parts that nscheck uses.
type event struct {
	at       *time.Time // nil if the date cannot be read
	severity string
	host     string
	source   string
	text     string
}

// maxEvent is the longest event that is read; agents write far shorter ones.
const maxEvent = 1 << 20

// logStats is what reading a log came to.
type logStats struct {
	events int
	broken int // events that break off
}

// readLog hands over the events of a log:
//
//	<event date='May 16 11:51:05' severity='2' hostName='…' source='…' … > <![CDATA[text]]></event>
//
// There is no root element, several events may be on one line, and the last
// may break off. Text that cannot be understood is skipped up to the next event;
// attributes that are not known are no trouble. An error is one of reading.
func readLog(in io.Reader, written time.Time, zone *time.Location, visit func(event)) (logStats, error) {
	r := &logReader{in: decodeText(in)}
	var stats logStats
	for {
		raw, err := r.next()
		if errors.Is(err, io.EOF) {
			return stats, nil
		}
		if err != nil {
			return stats, err
		}
		e, whole := parseEvent(raw)
		if !whole {
			stats.broken++
			continue
		}
		stats.events++
		parsed := event{severity: e["severity"], host: e["hostname"], source: e["source"], text: e[""]}
		parsed.at = eventTime(e["date"], written, zone)
		visit(parsed)
	}
}

// logReader cuts a log into pieces that each begin with an event.
type logReader struct {
	in      *bufio.Reader
	started bool
}

var eventTag = []byte("<event")

// next returns the text from the beginning of one event to that of the next. An event
// never contains the beginning of another: if it seems to, it was cut off.
func (r *logReader) next() ([]byte, error) {
	if !r.started {
		if err := r.skipTo(); err != nil {
			return nil, err
		}
		r.started = true
	}
	piece := append([]byte(nil), eventTag...)
	tooLong := false // the rest is dropped, and with it the event's end
	for {
		chunk, err := r.in.ReadSlice('<')
		if tooLong = tooLong || len(piece)+len(chunk) > maxEvent; !tooLong {
			piece = append(piece, chunk...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) {
			if r.started = false; len(piece) == len(eventTag) {
				return nil, io.EOF
			}
			return piece, nil
		}
		if err != nil {
			return nil, err
		}
		if r.atEvent() {
			return bytes.TrimSuffix(piece, []byte("<")), nil
		}
	}
}

// skipTo moves behind the next beginning of an event.
func (r *logReader) skipTo() error {
	for {
		_, err := r.in.ReadSlice('<')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return err
		}
		if r.atEvent() {
			return nil
		}
	}
}

// atEvent reports whether the text after < begins an event, and moves behind its
// name.
func (r *logReader) atEvent() bool {
	head, _ := r.in.Peek(len(eventTag))
	name := len(eventTag) - 1
	if len(head) <= name || !bytes.EqualFold(head[:name], eventTag[1:]) || !isSpace(head[name]) {
		return false
	}
	_, _ = r.in.Discard(name)
	return true
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }

// parseEvent reads attributes, by their names in lower case, and the text, under the
// empty name. whole is false if the end is missing.
func parseEvent(raw []byte) (fields map[string]string, whole bool) {
	fields = make(map[string]string)
	rest := raw[len(eventTag):]
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		switch {
		case len(rest) == 0:
			return nil, false
		case rest[0] == '>':
			text, whole := eventText(rest[1:])
			fields[""] = text
			return fields, whole
		case bytes.HasPrefix(rest, []byte("/>")):
			return fields, true
		}
		end := bytes.IndexAny(rest, "= \t\r\n>/")
		if end < 0 {
			return nil, false
		}
		if end == 0 {
			rest = rest[1:] // a stray mark
			continue
		}
		name := strings.ToLower(string(rest[:end]))
		value, after, ok := attributeValue(bytes.TrimLeft(rest[end:], " \t\r\n"))
		if !ok {
			return nil, false
		}
		if _, seen := fields[name]; !seen {
			fields[name] = value
		}
		rest = after
	}
}

// attributeValue reads ='value', with either mark, or nothing.
func attributeValue(rest []byte) (value string, after []byte, ok bool) {
	if len(rest) == 0 || rest[0] != '=' {
		return "", rest, true
	}
	rest = bytes.TrimLeft(rest[1:], " \t\r\n")
	if len(rest) == 0 {
		return "", nil, false
	}
	if mark := rest[0]; mark == '\'' || mark == '"' {
		end := bytes.IndexByte(rest[1:], mark)
		if end < 0 {
			return "", nil, false
		}
		return html.UnescapeString(string(rest[1 : 1+end])), rest[end+2:], true
	}
	end := bytes.IndexAny(rest, " \t\r\n>")
	if end < 0 {
		return "", nil, false
	}
	return html.UnescapeString(string(rest[:end])), rest[end:], true
}

var (
	openCDATA  = []byte("<![CDATA[")
	closeCDATA = []byte("]]>")
	closeEvent = []byte("</event>")
)

// eventText reads the text between the tags.
func eventText(rest []byte) (string, bool) {
	trimmed := bytes.TrimLeft(rest, " \t\r\n")
	if inner, ok := bytes.CutPrefix(trimmed, openCDATA); ok {
		// A section cannot contain ]]>, so a text with it is split into several.
		var joined []byte
		for {
			end := bytes.Index(inner, closeCDATA)
			if end < 0 {
				return "", false
			}
			joined = append(joined, inner[:end]...)
			next, more := bytes.CutPrefix(inner[end+len(closeCDATA):], openCDATA)
			if !more {
				return string(joined), true
			}
			inner = next
		}
	}
	end := bytes.Index(bytes.ToLower(rest), closeEvent)
	if end < 0 {
		return "", false
	}
	return strings.TrimSpace(html.UnescapeString(string(rest[:end]))), true
}

// eventTime reads a date without year and zone, such as May 16 11:51:05. The
// year is the latest that does not put the event after the time the file was
// last written, allowing a day for clocks and zones that differ.
func eventTime(date string, written time.Time, zone *time.Location) *time.Time {
	date = strings.Join(strings.Fields(date), " ")
	t, err := time.Parse("Jan 2 15:04:05", date)
	if err != nil {
		return nil
	}
	latest := written.Add(24 * time.Hour)
	year := latest.In(zone).Year()
	for back := range 5 { // 29 February may be up to eight years back; five are enough for a log
		at := time.Date(year-back, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
		if at.Month() == t.Month() && !at.After(latest) {
			return &at
		}
	}
	return nil
}
