# METADATA
# title: The required packages
# schemas:
#   - data.index: schema.index
#   - data.params: schema.params
package nscheck.lib.packages

# METADATA
# description: The names of the article, for a Notification Server whose own are not known.
article_names := {
	"plugin": "Software Update Plug-in",
	"scan": "Windows System Assessment Scan",
	"tools": "Patch Install Tools",
}

# METADATA
# description: Display names of the required packages by role.
names := {role: name |
	some role in data.params.required_packages
	article_name := object.get(article_names, role, role)
	name := object.get(data.index.packages, [role, "name"], article_name)
}
