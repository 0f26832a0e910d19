# METADATA
# title: Display names of objects
# description: |
#   Names are for messages only, so that a section which is read for a name alone may
#   be missing: the object is then named by the given text.
# schemas:
#   - data.index: schema.index
package nscheck.lib.names

# METADATA
# description: |
#   The display name of an object by its GUID, or of a required package by its role;
#   the given text if unknown.
of(key, otherwise) := name if {
	name := object.get(data.index.names, key, otherwise)
} else := otherwise
