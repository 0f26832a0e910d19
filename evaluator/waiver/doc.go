// Package waiver reads, writes and audits waiver files, and annotates findings with the
// waivers that cover them.
package waiver
