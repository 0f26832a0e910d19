# METADATA
# title: The required packages on a client
# schemas:
#   - input: schema.client
#   - data.params: schema.params
package nscheck.lib.client_packages

import data.nscheck.lib.evidence
import data.nscheck.lib.packages

# METADATA
# description: |
#   Roles of the required packages that are shown to be missing: the newest
#   download is not through, and nothing shows that the package came before.
missing := {role |
	some role in data.params.required_packages
	not role in evidence.arrived
	input.packages[role].status in {"failed", "pending"}
}

# METADATA
# description: Roles of the required packages that are not shown to be there.
not_shown := {role |
	some role in data.params.required_packages
	not role in evidence.arrived
}

# METADATA
# description: The questions that missing download events leave open.
questions := {question |
	some role in (not_shown - missing)
	question := sprintf("whether %s was downloaded", [name(role)])
}

# METADATA
# description: |
#   The article's name of a package. Clients are evaluated without the packages of
#   the Notification Server, whose names may differ a little.
name(role) := object.get(packages.article_names, role, role)
