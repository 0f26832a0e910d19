# METADATA
# title: No policy that installs the plug-in is on
# description: |
#   The way to a licence begins with the policy that installs the Software Update Plug-in on
#   the computers of its target. If none is on, new computers get no plug-in, and nothing
#   else reports them, because all counts of the article begin with the plug-in. An organisation that brings
#   the plug-in to computers by other means will want to switch this rule off. Policies are
#   recognised by their names, so that an estate in another language may have one that is
#   not.
# related_resources:
#   - ref: HOWTO59456
#     description: The chain to a licence; the install policy comes first.
#   - ref: KB180589
#     description: Best practices for Patch Management 8.x.
# schemas:
#   - data.estate: schema.estate
# custom:
#   id: EX-POL-001
#   severity: medium
#   scope: estate
#   step: "+"
#   remediation:
#     - versions: ">=7"
#       ref: HOWTO59456
#       text: |
#         In the console, under Settings > Agents/Plug-ins > Software > Patch Management, turn the
#         plug-in install policy on and check that its target includes the computers that should be
#         patched.
#     - versions: "<7"
#       text: |
#         Turn the policy that installs the Software Update Plug-in on, and see that it is offered
#         to the computers that should be patched.
package nscheck_examples.policy.no_install_policy

violation contains {
	"msg": sprintf("%s is off, and no other policy installs the plug-in", [policy.name]),
	"resource": _resource(policy),
	"path": sprintf("policies[%s].enabled", [policy.name]),
	"expected": true,
	"actual": false,
} if {
	every policy in _install {
		policy.enabled == false
	}
	some policy in _install
}

unknown contains {
	"msg": "It is unknown whether it is on, and no other policy that installs the plug-in is",
	"resource": _resource(policy),
} if {
	not _one_is_on
	some policy in _install
	policy.enabled == null
}

unknown contains {
	"msg": "No policy that installs the plug-in is recognised by its name",
	"resource": {"type": "estate", "guid": null, "name": "policies"},
} if {
	data.estate.policies
	count(_install) == 0
}

_install := [policy |
	some policy in data.estate.policies
	policy.role == "plugin_install"
]

_one_is_on if {
	some policy in _install
	policy.enabled == true
}

_resource(policy) := {"type": "policy", "guid": policy.guid, "name": policy.name}
