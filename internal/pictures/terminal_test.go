package main

import (
	"encoding/xml"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// texts are the texts of a drawing with where they stand and how they look.
type texts struct {
	List []struct {
		X      string `xml:"x,attr"`
		Y      string `xml:"y,attr"`
		Length string `xml:"textLength,attr"`
		Weight string `xml:"font-weight,attr"`
		Fill   string `xml:"fill,attr"`
		Text   string `xml:",chardata"`
	} `xml:"g>text"`
}

func read(t *testing.T, drawing []byte) texts {
	t.Helper()
	var out texts
	if err := xml.Unmarshal(drawing, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTerminal(t *testing.T) {
	drawing := read(t, Terminal("\x1b[1mbold\x1b[0m plain\n  Rule     \x1b[32m<a & b>\x1b[0m\n"))
	var got []string
	for _, x := range drawing.List {
		got = append(got, strings.Join([]string{x.X, x.Y, x.Length, x.Weight, x.Fill, x.Text}, " "))
	}
	want := []string{
		"22.0 52 33.6 700 #ffffff bold",
		"64.0 52 42.0   plain",
		"38.8 71 33.6   Rule",
		"114.4 71 58.8  #7ee2a8 <a & b>",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPictureIsFresh holds the README's picture to the demo's report; only where
// lines break may differ.
func TestPictureIsFresh(t *testing.T) {
	drawing, err := os.ReadFile("../../docs/pictures/terminal.svg")
	if err != nil {
		t.Fatal(err)
	}
	demo, err := os.ReadFile("../../cmd/nscheck/testdata/demo.txt")
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, x := range read(t, drawing).List {
		words = append(words, strings.Fields(x.Text)...)
	}
	got := strings.TrimPrefix(strings.Join(words, " "), "$ nscheck scan --demo ")
	if want := strings.Join(strings.Fields(string(demo)), " "); !strings.HasPrefix(want, got) || len(got) < 1000 {
		t.Errorf("docs/pictures/terminal.svg is stale; run \"make pictures\": it shows\n%s", got)
	}
}
