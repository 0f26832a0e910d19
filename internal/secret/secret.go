// Package secret keeps the passwords of a run out of what it writes. A server
// can echo a password in the text of an error or in its data.
package secret

import (
	"bytes"
	"strings"
	"sync"
	"sync/atomic"
)

// Replacement is written instead of a secret.
const Replacement = "…"

// least is the length from which a secret is also taken out of data. Shorter ones
// are part of too many words.
const least = 6

var (
	mu      sync.Mutex
	secrets atomic.Pointer[[]string]
)

// Add makes a text a secret for the rest of the run.
func Add(text string) {
	if text == "" {
		return
	}
	mu.Lock()
	defer mu.Unlock()
	var all []string
	if known := secrets.Load(); known != nil {
		all = append(all, *known...)
	}
	all = append(all, text)
	secrets.Store(&all)
}

// Hide replaces secrets in a message.
func Hide(message string) string { return hide(message, 1) }

// HideIn replaces secrets in a text that may be data.
func HideIn(text string) string { return hide(text, least) }

func hide(text string, length int) string {
	known := secrets.Load()
	if known == nil {
		return text
	}
	for _, s := range *known {
		if len(s) >= length && strings.Contains(text, s) {
			text = strings.ReplaceAll(text, s, Replacement)
		}
	}
	return text
}

// HideBytes is HideIn for bytes. It returns text itself if there is nothing to
// replace.
func HideBytes(text []byte) []byte {
	known := secrets.Load()
	if known == nil {
		return text
	}
	for _, s := range *known {
		if len(s) >= least && bytes.Contains(text, []byte(s)) {
			text = bytes.ReplaceAll(text, []byte(s), []byte(Replacement))
		}
	}
	return text
}
