# METADATA
# title: Versions, compared as numbers
# description: 8.10 is newer than 8.9. Nothing is said of a version that is no row of numbers.
package nscheck_examples.lib.versions

# METADATA
# description: The numbers of a version without zeros at its end, so that 8.6 and 8.6.0 are one.
numbers(version) := [to_number(part) | some part in split(shortened, ".")] if {
	is_string(version)
	regex.match(`^[0-9]+(\.[0-9]+)*$`, version)
	shortened := regex.replace(regex.replace(version, `(\.0+)+$`, ""), `(^|\.)0+([0-9])`, "$1$2")
}

# METADATA
# description: Whether version a is older than version b.
older(a, b) if numbers(a) < numbers(b)
