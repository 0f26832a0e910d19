# METADATA
# title: Versions, compared as numbers
# description: |
#   Product versions are numbers with dots, and 8.10 is newer than 8.9. Nothing
#   is said of a version that is unknown or written in any other way.
package nscheck.lib.versions

# METADATA
# description: Whether version a is older than version b.
older(a, b) if numbers(a) < numbers(b)

# A release with a service pack has no build number: only the numbers that both
# versions have can be compared.
older(a, b) if {
	some version in [a, b]
	not numbers(version)
	ours := release(a)
	theirs := release(b)
	shared := min([count(ours), count(theirs)])
	array.slice(ours, 0, shared) < array.slice(theirs, 0, shared)
}

# METADATA
# description: Whether a and b are the same version, in whatever way it is written.
same(a, b) if numbers(a) == numbers(b)

# METADATA
# description: |
#   Whether a version with a service pack is covered by a release, as 7.5.3153 is by
#   7.5, and 7.1 SP2 MP1.1 by 7.1 and by 7.1 SP2. A service pack that is null is
#   unknown: then all of the release is covered.
covers(covered, version, pack) if {
	start := release(covered)
	array.slice(release(version), 0, count(start)) == start
	_covers_pack(service_pack(covered), pack)
}

_covers_pack("", _)

_covers_pack(_, null)

_covers_pack(covered, pack) if startswith(concat("", [pack, " "]), concat("", [covered, " "]))

_covers_pack(covered, pack) if startswith(pack, concat("", [covered, "."]))

# METADATA
# description: |
#   The numbers of a version without zeros at its end, so that 7.5 and 7.5.0.0
#   are one. Arrays of numbers compare number by number.
numbers(version) := _parts(regex.replace(trim_space(version), `(\.0+)+$`, "")) if is_string(version)

# METADATA
# description: The numbers of a version, whether a service pack follows them or not.
release(version) := _parts(_named(version)[1])

# METADATA
# description: |
#   The service pack that a version names, such as SP1, SP2 MP1.1 or NONE, in
#   capitals; empty if it names none of them.
service_pack(version) := trim_space(regex.replace(upper(_named(version)[2]), `\s*MP`, " MP"))

_named(version) := regex.find_all_string_submatch_n(_form, trim_space(version), 1)[0] if is_string(version)

_form := concat("", [
	`(?i)^([0-9]+(?:\.[0-9]+)*)`,
	`(?:\s*(none|SP[0-9]+(?:\s*MP[0-9]+(?:\.[0-9]+)?)?|MP[0-9]+(?:\.[0-9]+)?))?$`,
])

_parts(version) := [number |
	some part in split(version, ".")
	number := to_number(regex.replace(part, `^0+([0-9])`, "$1"))
] if {
	regex.match(`^[0-9]+(\.[0-9]+)*$`, version)
}
