# METADATA
# title: Version outside the scope of the article
# description: |
#   Most rules follow an article that was written for Patch Management 7.1 SP1, SP2,
#   MP1.x and 7.5. On other versions its chain of causes still holds, but names,
#   settings and remediations may differ. A build number does not identify the service
#   pack. If neither the version nor the parameter service_pack names it, all of 7.1
#   counts as covered; 7.1 without a service pack is not. The finding says which other
#   findings to read with care.
# related_resources:
#   - ref: TECH170397
#     description: The article; its scope.
# schemas:
#   - data.estate: schema.estate
#   - data.params: schema.params
# custom:
#   id: NS-PLAT-001
#   severity: info
#   scope: estate
#   step: symptoms
#   remediation:
#     - versions: ">=8"
#       text: |
#         Nothing needs to be fixed. The vendor policy and the analysis policy carry other
#         names in 8.x; check by their GUID or type that a finding speaks of the policy that you
#         mean. Prefer the remediation that a finding gives for your version, and where it only
#         has the article's, try it on one computer first.
#     - versions: ">=7"
#       text: |
#         Nothing needs to be fixed. Remediations are chosen by version; where a finding only
#         has the article's for another version, try it on one computer first.
#     - versions: "<7"
#       text: |
#         Nothing needs to be fixed. Of 6.x the article only says where to read about a failed
#         import (HOWTO10277) and about resynchronising package servers (HOWTO1109); folders,
#         settings and the way in which licences come back are others than in 7.x.
package nscheck.platform.outside_article_scope

import data.nscheck.lib.notification_server
import data.nscheck.lib.versions

violation contains {
	"msg": sprintf("Version %s is outside the scope of the article (%s); %s", [
		_shown,
		concat(", ", data.params.article_versions),
		_care,
	]),
	"resource": notification_server.resource,
	"path": "server.version",
	"expected": data.params.article_versions,
	"actual": _version,
} if {
	versions.release(_version)
	not _covered
}

unknown contains {
	"msg": "The version of the platform is unknown",
	"resource": notification_server.resource,
} if {
	_version == null
}

unknown contains {
	"msg": sprintf("The version of the platform, %s, is not written in numbers", [_version]),
	"resource": notification_server.resource,
} if {
	_version != null
	not versions.release(_version)
}

_version := data.estate.server.version

_covered if {
	some covered in data.params.article_versions
	versions.covers(covered, _version, _pack)
}

# The service pack that the version names, else that of the parameter; null is unknown.
_pack := versions.service_pack(_version) if {
	versions.service_pack(_version) != ""
} else := upper(data.params.service_pack) if {
	data.params.service_pack != null
} else := null

_shown := sprintf("%s (service pack %s)", [_version, data.params.service_pack]) if {
	versions.service_pack(_version) == ""
	data.params.service_pack != null
} else := _version

_care := concat("", [
	"read NS-LIC-003 (which status gives a licence back), NS-PKG-005 and NS-PKG-006 (folders) ",
	"and all remediations with care",
]) if {
	versions.older(_version, "7")
} else := "read remediations with care" if {
	versions.older(_version, "8")
} else := concat("", [
	"read NS-POL-001 to NS-POL-008 (policies carry other names) ",
	"and remediations with care",
])
