package result

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestOpenResult_encodings reads results as Windows PowerShell and editors save
// them.
func TestOpenResult_encodings(t *testing.T) {
	text := fmt.Sprintf(`{"format": %d,`+"\r\n"+`"tool": {"name": "nscheck", "version": "1"},`+"\r\n"+`"findings": [{"rule": "R", "msg": "%s"}]}`+"\r\n", Format, "\u00e4\U0001F600")
	wide := func(order int, mark string) string {
		var b strings.Builder
		for _, unit := range utf16.Encode([]rune(mark + text)) {
			bytes := []byte{byte(unit), byte(unit >> 8)}
			b.WriteByte(bytes[order])
			b.WriteByte(bytes[1-order])
		}
		return b.String()
	}
	for name, content := range map[string]string{
		"plain": text, "mark": "\uFEFF" + text, "UTF-16 LE": wide(0, "\uFEFF"), "UTF-16 BE": wide(1, "\uFEFF"), "UTF-16 LE without mark": wide(0, ""),
	} {
		file := filepath.Join(t.TempDir(), "result.json")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if is, err := IsResult(file); !is || err != nil {
			t.Errorf("%s: is a result: %v, %v", name, is, err)
		}
		r, err := Open(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n := 0
		for f, err := range r.Findings() {
			if n++; err != nil || f.Msg != "\u00e4\U0001F600" {
				t.Errorf("%s: %+v, %v", name, f, err)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d findings", name, n)
		}
	}
}
