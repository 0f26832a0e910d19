# METADATA
# title: Which computers client rules look at
# description: |
#   Rules about packages and scans look at Active computers with the Software
#   Update Plug-in, some others at every Active computer. Where it is not known
#   whether a computer counts, it is unknown, unless what is known rules the
#   fault out.
# schemas:
#   - input: schema.client
package nscheck.lib.computers

# METADATA
# description: Active computers.
active if input.status == "Active"

# METADATA
# description: Active computers with the plug-in.
has_plugin if {
	active
	input.plugin.installed == true
}

# METADATA
# description: |
#   What must be known before an Active computer can be judged, as a sentence:
#   the rule's own questions, and whether the computer is Active. Undefined where
#   nothing is open, or where the computer is known not to be Active.
active_doubt(questions) := _sentence(_active_questions | questions) if not _inactive

# METADATA
# description: The same for Active computers with the plug-in.
plugin_doubt(questions) := active_doubt(_plugin_questions | questions) if not _without_plugin

_sentence(questions) := sprintf("It is unknown %s", [concat(", and ", questions)]) if {
	count(questions) > 0
}

_active_questions contains "whether the computer is Active" if input.status == null

_plugin_questions contains question if {
	input.plugin.installed == null
	question := "whether the plug-in is installed, for no inventory lists the computer's agents"
}

_inactive if {
	input.status != null
	not active
}

_without_plugin if input.plugin.installed == false

# A computer that is not managed has no agents to list.
_without_plugin if {
	input.plugin.installed == null
	input.managed == false
}
