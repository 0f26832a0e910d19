# METADATA
# title: What keeps packages from the package servers of a site, in messages
# schemas:
#   - data.index: schema.index
package nscheck.lib.cut_sites

import data.nscheck.lib.names
import data.nscheck.lib.text
import data.nscheck.lib.ways

# METADATA
# description: |
#   The smallest set of settings that keeps packages from all of the given package
#   servers, as sorted paths.
settings(servers) := sort({path |
	some server in servers
	some [path, _] in ways.settings(server)
})

# METADATA
# description: Why none of the given package servers gets packages, as part of a sentence.
reasons(servers) := concat("; ", [reason |
	some [group, one, many] in [
		[servers & ways.unassigned, "is not enabled in the vendor policy", "are not enabled in the vendor policy"],
		[servers - ways.unassigned, "is enabled but constrained", "are enabled but constrained"],
	]
	listed := sort([names.of(server, server) | some server in group])
	count(listed) > 0
	reason := sprintf("%s %s", [text.list_of(listed), _verb(count(listed), one, many)])
])

_verb(n, one, many) := one if {
	n == 1
} else := many
