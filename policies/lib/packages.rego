# METADATA
# title: The required packages
# schemas:
#   - data.index: schema.index
#   - data.params: schema.params
package nscheck.lib.packages

import data.nscheck.lib.names as display_names

# METADATA
# description: A package as the resource of a finding.
resource(item) := {"type": "package", "guid": item.guid, "name": item.name}

# METADATA
# description: The packages that are treated as the required one of a role.
all_of(role) := several if {
	several := data.index.several_packages[role]
} else := [item | item := data.index.packages[role]]

# METADATA
# description: The names of the article, for a Notification Server whose own are not known.
article_names := {
	"plugin": "Software Update Plug-in",
	"scan": "Patch Windows System Assessment Scan",
	"tools": "Patch Install Tools",
}

# METADATA
# description: Display names of the required packages by role.
names := {role: name |
	some role in data.params.required_packages
	name := display_names.of(role, object.get(article_names, role, role))
}
