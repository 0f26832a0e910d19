package snapshot

// Estate is everything in a snapshot that is not a client. A section that was
// not collected is nil and absent from the file; an empty section was
// collected and has no rows.
type Estate struct {
	// The Notification Server itself.
	Server *Server `json:"server,omitempty"`
	// Patch Management licences, counted over all resources that hold one.
	Licences *Licences `json:"licences,omitempty"`
	// Patch Management vendor policies, such as the Microsoft Vendor Policy.
	VendorPolicies []VendorPolicy `json:"vendor_policies,omitzero"`
	// The policies that bring the plug-in and the assessment scan to clients.
	Policies []Policy `json:"policies,omitzero"`
	// The filters that nscheck compares with licences and targets.
	Filters []Filter `json:"filters,omitzero"`
	// The packages that a client needs before it can return patch inventory.
	Packages []Package `json:"packages,omitzero"`
	// Computers that run the package service.
	PackageServers []PackageServer `json:"package_servers,omitzero"`
	// Sites as defined under Site Management.
	Sites []Site `json:"sites,omitzero"`
	// Subnets as defined under Site Management.
	Subnets []Subnet `json:"subnets,omitzero"`
	// State of the patch management import (PMImport).
	PatchImport *PatchImport `json:"patch_import,omitempty"`
}

// Server is the Notification Server.
type Server struct {
	// GUID of the server's computer resource.
	GUID *string `json:"guid" jsonschema:"format=guid"`
	// Host name.
	Name string `json:"name"`
	// Version of the core agent installed on the server itself, for example 7.5.3153 or 7.1 SP2 MP1.1; stands for the platform's version.
	Version *string `json:"version"`
	// Version of the Software Update Plug-in installed on the server itself; stands for the version that it offers.
	PluginVersion *string `json:"plugin_version"`
	// Whether the server is a child in a hierarchy, so that its patch data is replicated to it. A collector leaves it null: the CMDB keeps the nodes of a hierarchy as items (KB163620), but what tells a parent from a child among them is not public.
	HierarchyChild *bool `json:"hierarchy_child" jsonschema_extras:"read_from=none"`
	// Whether the CMDB has READ_COMMITTED_SNAPSHOT on, as the vendor recommends (KB158091).
	ReadCommittedSnapshot *bool `json:"read_committed_snapshot"`
}

// Licences sums up Patch Management licences.
type Licences struct {
	// Name of the licensed product, as in vProduct.
	Product string `json:"product"`
	// Number of distinct resources that hold a licence, whatever their status.
	InUse *int `json:"in_use" jsonschema:"minimum=0" jsonschema_extras:"unit=licences"`
	// Resources that hold a licence and are not Active computers; the article's own query hides them.
	InactiveHolders []LicenceHolder `json:"inactive_holders,omitzero"`
	// Number of licences owned. A collector leaves it null: where the CMDB keeps it, if at all, is not public.
	Owned *int `json:"owned" jsonschema:"minimum=0" jsonschema_extras:"read_from=none,unit=licences"`
	// Names and domains that more than one holder of a licence has, whatever their status.
	SameName []SameName `json:"same_name,omitzero"`
}

// SameName is a name that several holders of a licence share.
type SameName struct {
	// Host name.
	Name string `json:"name"`
	// Windows domain or workgroup.
	Domain *string `json:"domain"`
	// GUIDs of the holders.
	Holders []string `json:"holders" jsonschema:"format=guid"`
}

// LicenceHolder is a resource that holds a licence.
type LicenceHolder struct {
	// GUID of the resource.
	GUID string `json:"guid" jsonschema:"format=guid"`
	// Name; null where the resource no longer exists.
	Name *string `json:"name"`
	// Asset status, for example Retired; null where none is recorded.
	Status *string `json:"status" jsonschema:"example=Active,example=Retired,example=Disposed"`
}

// VendorPolicy is a Patch Management vendor policy.
type VendorPolicy struct {
	// GUID of the policy item.
	GUID string `json:"guid" jsonschema:"format=guid"`
	// Display name; varies by version and language.
	Name string `json:"name"`
	// Whether the policy is on.
	Enabled *bool `json:"enabled"`
	// Policy and Package Settings: how packages are assigned to package servers.
	PackageAssignment *PackageAssignment `json:"package_assignment,omitempty"`
}

// PackageAssignment says which package servers get a package.
type PackageAssignment struct {
	// Vendor SDK AssignmentType: all = 0, individual = 1, site = 2. Null where the setting could not be read.
	Type *string `json:"type" jsonschema:"enum=all,enum=individual,enum=site"`
	// Vendor SDK AutomaticSiteAssignment. Together with type site this is "automatically with manual prestaging".
	AutomaticSiteAssignment *bool `json:"automatic_site_assignment"`
	// GUIDs of the package servers enabled one by one.
	PackageServers []string `json:"package_servers,omitzero" jsonschema:"format=guid"`
}

// Policy is a policy that brings the plug-in or the scan to clients.
type Policy struct {
	// GUID of the policy item.
	GUID string `json:"guid" jsonschema:"format=guid"`
	// Display name; varies by version and language.
	Name string `json:"name"`
	// What the policy is for: the plug-in's installation, its configuration (from 8.5), or the vulnerability analysis scan.
	Role string `json:"role" jsonschema:"enum=plugin_install,enum=plugin_policy,enum=vulnerability_analysis"`
	// Whether the policy is on.
	Enabled *bool `json:"enabled"`
	// GUIDs of the filters that make up the policy's targets.
	TargetFilters []string `json:"target_filters,omitzero" jsonschema:"format=guid"`
	// Whether the policy had a target when it was collected, whatever its target does with filters and even if these are not known.
	HasTarget *bool `json:"has_target,omitempty"`
	// Number of distinct computers in the policy's targets; null where a target does more than add the computers of filters.
	TargetCount *int `json:"target_count" jsonschema:"minimum=0" jsonschema_extras:"unit=computers"`
	// Schedules of the policy.
	Schedules []Schedule `json:"schedules,omitzero"`
}

// Schedule is one trigger of a policy's schedule.
type Schedule struct {
	// Trigger type as written in the item's XML, for example daily.
	Type *string `json:"type"`
	// Minutes between two repetitions; 0 where the trigger does not repeat, null where that could not be read.
	RepeatMinutes *int `json:"repeat_minutes" jsonschema:"minimum=0" jsonschema_extras:"unit=minutes"`
}

// Filter is a filter (collection) and its size.
type Filter struct {
	// GUID of the filter.
	GUID string `json:"guid" jsonschema:"format=guid"`
	// Display name.
	Name string `json:"name"`
	// Number of members.
	Members *int `json:"members" jsonschema:"minimum=0" jsonschema_extras:"unit=computers"`
}

// Package is a software delivery package on the Notification Server.
type Package struct {
	// GUID of the package.
	GUID string `json:"guid" jsonschema:"format=guid"`
	// Package name.
	Name string `json:"name"`
	// Which of the three required packages this is: the Software Update Plug-in, the Patch Windows System Assessment Scan, or the Patch Install Tools.
	Role string `json:"role" jsonschema:"enum=plugin,enum=scan,enum=tools"`
	// Whether the package is enabled.
	Enabled *bool `json:"enabled"`
	// [Package Version] of the package: a revision that changes with its snapshot, not the version of its program.
	Revision *string `json:"revision"`
	// Hosts that serve the package, one entry a host.
	Codebases []Codebase `json:"codebases,omitzero"`
}

// Codebase is a host that serves a package.
type Codebase struct {
	// Host name in the codebase URL, in lower case.
	Host string `json:"host"`
	// Whether the codebase names a snapshot of the package.
	Snapshot *bool `json:"snapshot"`
}

// PackageServer is a computer that runs the package service.
type PackageServer struct {
	// GUID of the computer.
	GUID string `json:"guid" jsonschema:"format=guid"`
	// Host name.
	Name string `json:"name"`
	// Fully qualified host name, where its DNS suffix is known.
	FQDN *string `json:"fqdn"`
	// Whether it is constrained: pulls packages only from other package servers of its site.
	Constrained *bool `json:"constrained"`
	// Whether the task service is installed too.
	TaskService *bool `json:"task_service"`
	// GUIDs of the sites that it is assigned to by hand. The sites of its own addresses come on top.
	Sites []string `json:"sites,omitzero" jsonschema:"format=guid"`
	// IPv4 addresses with prefix length, for example 10.4.0.10/24.
	Addresses []string `json:"addresses,omitzero" jsonschema:"format=address"`
	// Operating system name.
	OSName *string `json:"os_name"`
	// Version of its core agent.
	AgentVersion *string `json:"agent_version"`
	// Whole days since its basic inventory arrived, at collection time.
	BasicInventoryAgeDays *int `json:"basic_inventory_age_days" jsonschema_extras:"unit=days"`
	// Whole days since its task agent registered, at collection time.
	TaskRegistrationAgeDays *int `json:"task_registration_age_days" jsonschema_extras:"unit=days"`
	// Status of the required packages on this server.
	Packages *ServerPackages `json:"packages,omitempty"`
	// What the server's own agent folders show, where they were read.
	AgentFolder *AgentFolder `json:"agent_folder,omitempty" jsonschema_extras:"read_from=agent folder"`
}

// AgentFolder is what the agent folders of a package server show.
type AgentFolder struct {
	// GUIDs of packages that have a folder in Package Delivery and none in PackageStatus.
	Orphans []string `json:"orphans,omitzero" jsonschema:"format=guid"`
	// Errors about required packages in the agent's logs.
	LogErrors []LogErrors `json:"log_errors,omitzero"`
}

// LogErrors counts errors about one package in the logs of an agent.
type LogErrors struct {
	// Role of the package.
	Package string `json:"package" jsonschema:"enum=plugin,enum=scan,enum=tools"`
	// Number of errors about the package.
	Count int `json:"count" jsonschema:"minimum=1" jsonschema_extras:"unit=errors"`
	// Whole days since the newest of these errors, at collection time.
	AgeDays *int `json:"age_days" jsonschema_extras:"unit=days"`
}

// ServerPackages is the status of the required packages on a package server.
// A package without a status row is absent.
type ServerPackages struct {
	// Software Update Plug-in.
	Plugin *ServerPackage `json:"plugin,omitempty"`
	// Patch Windows System Assessment Scan.
	Scan *ServerPackage `json:"scan,omitempty"`
	// Patch Install Tools.
	Tools *ServerPackage `json:"tools,omitempty"`
}

// ServerPackage is the status of one package on one package server.
type ServerPackage struct {
	// Status as the console shows it; null where the stored value is not one that nscheck knows.
	Status *string `json:"status" jsonschema:"enum=ready,enum=pending,enum=not_ready,enum=invalid"`
	// Whole days since the status was reported, at collection time. Status travels as an event and stays wrong when one is lost (KB181405).
	StatusAgeDays *int `json:"status_age_days" jsonschema_extras:"unit=days"`
	// [Package Version] that the server reports.
	Revision *string `json:"revision"`
}

// Site is a site as defined under Site Management.
type Site struct {
	// GUID of the site.
	GUID string `json:"guid" jsonschema:"format=guid"`
	// Site name.
	Name string `json:"name"`
	// Sources that the site's settings forbid to download from (KB204355): Ns the Notification Server, ExtPs package servers of other sites. Absent: unknown, as where the site has no settings of its own.
	PreventDownloads []string `json:"prevent_downloads,omitzero" jsonschema:"enum=Ns,enum=ExtPs"`
}

// Subnet is a subnet as defined under Site Management.
type Subnet struct {
	// GUID of the subnet.
	GUID string `json:"guid" jsonschema:"format=guid"`
	// Network in CIDR notation, for example 10.4.0.0/24.
	CIDR string `json:"cidr" jsonschema:"format=cidr"`
	// GUIDs of the sites that the subnet itself is assigned to. Empty: none, so it belongs to the site of its closest encompassing subnet. Absent: unknown.
	Sites []string `json:"sites,omitzero" jsonschema:"format=guid"`
}

// PatchImport is the state of the patch management import (PMImport).
type PatchImport struct {
	// When the import last succeeded.
	LastSuccessAt *Time `json:"last_success_at"`
	// Whole days since the import last succeeded, at collection time.
	LastSuccessAgeDays *int `json:"last_success_age_days" jsonschema_extras:"unit=days"`
	// When the import last ended, whatever its result.
	LastRunAt *Time `json:"last_run_at"`
	// Whether that last run succeeded.
	LastRunSucceeded *bool `json:"last_run_succeeded"`
	// Release date of the newest bulletin.
	NewestBulletinAt *Time `json:"newest_bulletin_at"`
	// Whole days since the newest bulletin was released, at collection time.
	NewestBulletinAgeDays *int `json:"newest_bulletin_age_days" jsonschema_extras:"unit=days"`
	// Enabled bulletins with updates that have no package.
	BulletinsWithoutPackages []Bulletin `json:"bulletins_without_packages,omitzero"`
	// Bulletins that may belong there: it is unknown whether they are enabled, or how many of their updates have a package.
	BulletinsUnknown []UnknownBulletin `json:"bulletins_unknown,omitzero"`
}

// UnknownBulletin is a software bulletin of which something is unknown.
type UnknownBulletin struct {
	// GUID of the bulletin.
	GUID string `json:"guid" jsonschema:"format=guid"`
	// Name, for example MS14-010.
	Name string `json:"name"`
}

// Bulletin is a software bulletin with updates that have no package.
type Bulletin struct {
	// GUID of the bulletin.
	GUID string `json:"guid" jsonschema:"format=guid"`
	// Name, for example MS14-010.
	Name string `json:"name"`
	// Number of its updates that have no package.
	Updates int `json:"updates" jsonschema:"minimum=1" jsonschema_extras:"unit=updates"`
}
