# METADATA
# title: Wording shared by messages
package nscheck.lib.text

# METADATA
# description: A number with its noun, 1 client but 2 clients.
count_of(n, noun) := sprintf("%d %s", [n, noun]) if {
	n == 1
} else := sprintf("%d %ss", [n, noun])

# METADATA
# description: |
#   How old a piece of evidence is. Event times come from other computers'
#   clocks, so an age can be negative.
age(days) := "of unknown age" if {
	days == null
} else := sprintf("dated %s in the future", [count_of(0 - days, "day")]) if {
	days < 0
} else := "less than a day old" if {
	days == 0
} else := sprintf("%s old", [count_of(days, "day")])

# METADATA
# description: Names in a row, cut short behind the fifth.
list_of(names) := concat(", ", names) if {
	count(names) <= 5
} else := sprintf("%s and %d more", [concat(", ", array.slice(names, 0, 5)), count(names) - 5])
