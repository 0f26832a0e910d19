# METADATA
# title: Which computers client rules look at
# schemas:
#   - input: schema.client
package nscheck_examples.lib.computers

# METADATA
# description: Whether the computer is known to be Active.
active if input.status == "Active"

# METADATA
# description: |
#   What must be known before a computer can be evaluated, as a sentence. Undefined if nothing
#   is open, and where the computer is known not to be Active, so that it does not matter.
doubt(questions) := sprintf("It is unknown %s", [concat(", and ", questions | _status)]) if {
	count(questions | _status) > 0
	input.status in {"Active", null}
}

_status := {"whether the computer is Active" | input.status == null}

# METADATA
# description: |
#   The name of the operating system in small letters, without a leading
#   Microsoft; undefined if unknown.
system := trim_prefix(trim_space(lower(input.os_name)), "microsoft ") if is_string(input.os_name)
