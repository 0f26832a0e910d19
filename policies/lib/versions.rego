# METADATA
# title: Versions, compared as numbers
# description: |
#   Product versions are numbers with dots, and 8.10 is newer than 8.9. Nothing
#   is said of a version that is unknown or written in any other way.
package nscheck.lib.versions

# METADATA
# description: Whether version a is older than version b.
older(a, b) if numbers(a) < numbers(b)

# METADATA
# description: Whether a and b are the same version, in whatever way it is written.
same(a, b) if numbers(a) == numbers(b)

# METADATA
# description: |
#   The numbers of a version without zeros at its end, so that 7.5 and 7.5.0.0
#   are one. Arrays of numbers compare number by number.
numbers(version) := [number |
	some part in split(regex.replace(trim_space(version), `(\.0+)+$`, ""), ".")
	number := to_number(regex.replace(part, `^0+([0-9])`, "$1"))
] if {
	is_string(version)
	regex.match(`^[0-9]+(\.[0-9]+)*$`, trim_space(version))
}
