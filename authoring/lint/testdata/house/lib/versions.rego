# nscheck:ignore unused-helper rules of other packs call minor
package acme.lib.versions

# The first number of a version.
major(version) := to_number(split(version, ".")[0])

# The second number of a version.
minor(version) := to_number(split(version, ".")[1])
