# METADATA
# title: Which computers client rules look at
# description: |
#   Rules about packages and scans look at Active Windows computers with the Software
#   Update Plug-in, some others at every Active computer. Where it is not known
#   whether a computer counts, it is unknown, unless what is known rules the
#   fault out. The packages, the scan and the licence are those of Windows: a
#   computer that is known to run another system needs none of them. One whose
#   system is unknown counts as a Windows computer, because it has the plug-in.
# schemas:
#   - input: schema.client
#   - data.params: schema.params
package nscheck.lib.computers

# METADATA
# description: Active computers.
active if input.status == "Active"

# METADATA
# description: Active Windows computers with the plug-in.
has_plugin if {
	active
	input.plugin.installed == true
	not _other_system
}

# METADATA
# description: |
#   What must be known before an Active computer can be evaluated, as a sentence:
#   the rule's own questions, and whether the computer is Active. Undefined if
#   nothing is open, or if the computer is known not to be Active.
active_doubt(questions) := _sentence(_active_questions | questions) if not _inactive

# METADATA
# description: The same for Active Windows computers with the plug-in.
plugin_doubt(questions) := active_doubt(_plugin_questions | questions) if {
	not _without_plugin
	not _other_system
}

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

_other_system if {
	is_string(input.os_name)
	some word in data.params.other_systems
	contains(lower(input.os_name), lower(word))
	not contains(lower(input.os_name), "windows")
}

_without_plugin if input.plugin.installed == false

# A computer that is not managed has no agents to list.
_without_plugin if {
	input.plugin.installed == null
	input.managed == false
}
