// Package settings is about the configuration in a snapshot: the part of the
// estate that administrators set, as opposed to what was observed of it.
//
// [Export] writes the configuration as YAML for people and for Git. [Read]
// reads what a change is made of: such a file after it was edited, or an
// overlay that names only what changes. [Apply] makes the estate that a base
// and its changes give, and [Diff] lists the settings in which two estates
// differ. The package knows snapshots and nothing else: neither rules nor
// where a snapshot came from.
//
// # An estate file
//
// An estate file says nscheck: estate on its first line and holds every
// setting of every object. Objects are keyed by their names, networks by their
// CIDR, and keep their GUIDs; of several objects of one name each has its GUID
// in braces behind the name. An object whose entry is gone is removed, one
// whose key changed is renamed, one that says guid: new is added.
//
// # An overlay
//
// An overlay names objects by their keys and gives the settings that change:
//
//	package_servers:
//	  LDS-PS01: {constrained: true}
//	sites:
//	  Leeds: {subnets: {add: [10.4.8.0/22]}}
//	add:
//	  sites: {York North: {}}
//	remove:
//	  package_servers: [OLD-PS01]
//
// A list is replaced by a list, or changed by add and remove. Objects come and
// go only under add and remove, so that a misspelt name is an error and never
// a new object.
//
// # Refusals
//
// Whatever is not understood is refused with file, line and column: unknown
// sections, objects and fields, values of another type, edits that contradict
// each other in one file or in several.
package settings
