package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLicence(t *testing.T) {
	for text, want := range map[string]string{
		"Apache License\nVersion 2.0":                                 "Apache-2.0",
		"Redistribution and use in source\nand binary forms, with":    "BSD",
		"All rights reserved. Nothing may be copied.":                 "",
		"GNU GENERAL PUBLIC LICENSE\nVersion 3":                       "",
		"Permission is hereby granted, free of charge, to any person": "MIT",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "LICENSE.txt"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := licence(dir); got != want || (err != nil) != (want == "") {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
	if _, err := licence(t.TempDir()); err == nil {
		t.Error("a module without a licence file is accepted")
	}
}
