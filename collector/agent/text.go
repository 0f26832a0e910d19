package agent

import (
	"bufio"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// text returns a file's text as UTF-8, whatever Unicode it was written in. What
// is no Unicode becomes U+FFFD: half a character at the end of a log that is
// being written must not hide the rest.
func decodeText(in io.Reader) *bufio.Reader {
	raw := bufio.NewReaderSize(in, 64<<10)
	head, _ := raw.Peek(4)
	var decoder transform.Transformer = unicode.UTF8BOM.NewDecoder()
	switch {
	case len(head) < 2:
	case head[0] == 0xFF && head[1] == 0xFE, head[0] != 0 && head[1] == 0:
		decoder = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	case head[0] == 0xFE && head[1] == 0xFF, head[0] == 0 && head[1] != 0:
		decoder = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()
	}
	return bufio.NewReaderSize(transform.NewReader(raw, decoder), 64<<10)
}
