# METADATA
# title: Sites and their clients
# schemas:
#   - data.estate: schema.estate
#   - data.index: schema.index
#   - data.totals: schema.totals
package nscheck.lib.sites

import data.nscheck.lib.clients
import data.nscheck.lib.versions

# METADATA
# description: The site as the resource of a finding.
resource(site) := {"type": "site", "guid": site.guid, "name": site.name}

# METADATA
# description: Whether a site has clients, or may have some that are not known to be in it.
may_have_clients(guid) if data.totals.sites[guid]

may_have_clients(_) if clients.of_unknown_site > 0

# METADATA
# description: |
#   Whether clients of a site may download from the Notification Server;
#   undefined where that is unknown. The setting that prevents it came with 8.5
#   RU3 (8.5.5032), so an older platform cannot prevent it.
ns_allowed(site) := false if {
	"Ns" in site.prevent_downloads
} else if {
	site.prevent_downloads
} else if {
	versions.older(data.estate.server.version, "8.5.5032")
}
