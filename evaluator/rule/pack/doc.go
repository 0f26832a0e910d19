// Package pack reads, builds, signs and verifies packs: folders of rules
// packed into one file, to hand to others.
//
// A pack as a file is a bundle of OPA (.tar.gz) that holds the folder's files as
// they stand: rules, their tests, worked examples, parameters and pack.yaml, with
// OPA's .manifest and, once signed, OPA's .signatures.json. So the stock opa
// command can inspect, check and verify it. In a bundle OPA takes of YAML and JSON
// files only data.yaml, data.yml and data.json for data; files of these names are
// refused, for rules of nscheck read no data of a pack.
//
// A name of a folder or file comes in, and a [Pack] goes out, whose files are an
// [io/fs.FS] for package evaluator. The bytes may come from anywhere: what is read
// is bounded, also after it is decompressed, and kept in memory; nothing is
// unpacked to disk. The same files make the same bytes, on every system.
package pack
