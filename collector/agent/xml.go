package agent

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/nscheck/nscheck/internal/guid"
)

// maxXML is the longest file that is read as XML.
const maxXML = 8 << 20

// packageStatus is a package's entry in PackageStatus.xml. The names Status and Time,
// and the word Deleted, are public (KB178503). The rest of the format is not, so
// attributes and elements of these names are found anywhere.
type packageStatus struct {
	status string
	time   string
}

func (s packageStatus) deleted() bool { return strings.EqualFold(s.status, "Deleted") }

// readStatus reads PackageStatus.xml. It returns what it read before an error.
func readStatus(in io.Reader) (packageStatus, error) {
	var s packageStatus
	err := eachValue(in, func(name, value string) {
		switch {
		case strings.EqualFold(name, "Status") && s.status == "":
			s.status = value
		case strings.EqualFold(name, "Time") && s.time == "":
			s.time = value
		}
	})
	if err == nil && s.status == "" {
		err = errors.New("it has no Status")
	}
	return s, err
}

// since reads the Time of a status, in the forms in which Windows writes it
// without regard to the language; its form is not public.
func (s packageStatus) since() string {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(form, s.time); err == nil {
			return t.Format("2006-01-02")
		}
	}
	return ""
}

// readSnapshot reads snapshot.xml. Of its format only XML is public: it checks that
// the file is whole, and returns the GUIDs in it.
func readSnapshot(in io.Reader) (guids map[guid.GUID]bool, err error) {
	guids = make(map[guid.GUID]bool)
	err = eachValue(in, func(_, value string) {
		if g, err := guid.Parse(strings.TrimSpace(value)); err == nil {
			guids[g] = true
		}
	})
	return guids, err
}

// eachValue calls visit for every attribute, and for every element with text, with
// the name without its namespace.
func eachValue(in io.Reader, visit func(name, value string)) error {
	limited := &io.LimitedReader{R: decodeText(in), N: maxXML + 1}
	decoder := xml.NewDecoder(limited)
	// The text is UTF-8 by now, whatever the declaration says.
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	name, elements, depth := "", 0, 0
	for {
		token, err := decoder.Token()
		switch {
		case limited.N <= 0:
			return fmt.Errorf("it is longer than %d MiB", maxXML>>20)
		case errors.Is(err, io.EOF) && elements == 0:
			return errors.New("it is empty")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("it is not whole XML: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			elements++
			if depth++; depth > 200 {
				return errors.New("its elements are nested too deeply")
			}
			name = t.Name.Local
			for _, a := range t.Attr {
				visit(a.Name.Local, a.Value)
			}
		case xml.EndElement:
			name = ""
			depth--
		case xml.CharData:
			if value := strings.TrimSpace(string(t)); value != "" && name != "" {
				visit(name, value)
			}
		}
	}
}
