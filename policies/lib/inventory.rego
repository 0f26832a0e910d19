# METADATA
# title: Age of a client's inventories
# schemas:
#   - input: schema.client
#   - data.params: schema.params
package nscheck.lib.inventory

# METADATA
# description: |
#   Patch inventory: never, old, fresh or unknown. Inventory that never came is
#   not old.
patch := "never" if {
	input.inventory.patch_returned == false
} else := _state(
	input.inventory.patch_age_days,
	data.params.patch_inventory_max_age_days,
)

# METADATA
# description: Basic inventory, old, fresh or unknown.
basic := _state(input.inventory.basic_age_days, data.params.basic_inventory_max_age_days)

_state(age, limit) := "unknown" if {
	age == null
} else := "old" if {
	age > limit
} else := "fresh"

# METADATA
# description: The questions that unknown ages leave open.
questions := {question |
	some kind, state in {"patch": patch, "basic": basic}
	state == "unknown"
	question := sprintf("how old %s inventory is", [kind])
}
