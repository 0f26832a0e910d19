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
# description: Whether a version is of a release line, as 7.5.3153 is of 7.5 and 7.50 is not.
of_line(version, line) if {
	start := _parts(line)
	array.slice(_parts(version), 0, count(start)) == start
}

# METADATA
# description: |
#   The numbers of a version without zeros at its end, so that 7.5 and 7.5.0.0
#   are one. Arrays of numbers compare number by number.
numbers(version) := _parts(regex.replace(trim_space(version), `(\.0+)+$`, "")) if is_string(version)

_parts(version) := [number |
	some part in split(trim_space(version), ".")
	number := to_number(regex.replace(part, `^0+([0-9])`, "$1"))
] if {
	regex.match(`^[0-9]+(\.[0-9]+)*$`, trim_space(version))
}
