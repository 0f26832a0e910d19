package snapshot

import "strings"

// Client is one managed computer. A section that was not collected is nil and
// absent from the file; a null value is unknown.
type Client struct {
	// GUID of the computer.
	GUID string `json:"guid" jsonschema:"format=guid"`
	// Host name.
	Name string `json:"name"`
	// Windows domain or workgroup.
	Domain *string `json:"domain"`
	// Asset status. Computers that vComputer lists are Active (KB180417).
	Status *string `json:"status" jsonschema:"example=Active,example=Retired,example=Disposed"`
	// Whether the computer is managed (runs the Symantec Management Agent).
	Managed *bool `json:"managed"`
	// Operating system name.
	OSName *string `json:"os_name"`
	// The core agent.
	Agent *Agent `json:"agent,omitempty"`
	// The Software Update Plug-in.
	Plugin *Plugin `json:"plugin,omitempty"`
	// The Patch Management licence.
	Licence *LicenceUse `json:"licence,omitempty"`
	// IPv4 addresses with prefix length, the primary one first, for example 10.4.0.17/24.
	Addresses []string `json:"addresses,omitzero" jsonschema:"format=address"`
	// GUIDs of the filters in the estate's filters section that list this computer.
	Filters []string `json:"filters,omitzero" jsonschema:"format=guid"`
	// GUIDs of the enabled plug-in policies (role plugin_policy) that target this computer.
	PluginPolicies []string `json:"plugin_policies,omitzero" jsonschema:"format=guid"`
	// The required packages on this client.
	Packages *ClientPackages `json:"packages,omitempty"`
	// When inventories of this client last changed on the server.
	Inventory *Inventory `json:"inventory,omitempty"`
	// The task agent.
	TaskAgent *TaskAgent `json:"task_agent,omitempty"`
	// What the client's own scan log shows, where its agent folder was read.
	ScanLog *ScanLog `json:"scan_log,omitempty" jsonschema_extras:"read_from=agent folder"`
	// Where the client is, by its addresses. Not read from a snapshot: the evaluator computes it for every client.
	Location *Location `json:"location,omitempty"`
	// What the dates of the packages' downloads and runs show together. Not read from a snapshot: the evaluator computes it for every client.
	Events *Events `json:"events,omitempty"`
}

// Agent is the core agent (Symantec Management Agent) of a client.
type Agent struct {
	// Product version, for example 7.5.3153; null where no agent row exists.
	Version *string `json:"version"`
}

// Plugin is the Software Update Plug-in of a client.
type Plugin struct {
	// Whether the plug-in is installed; null where the computer has no agent rows at all.
	Installed *bool `json:"installed"`
	// Product version of the plug-in.
	Version *string `json:"version"`
}

// LicenceUse says whether a client holds a Patch Management licence.
type LicenceUse struct {
	// Whether LicenseInUse lists the client for the product.
	InUse *bool `json:"in_use"`
}

// ClientPackages is the state of the required packages on a client.
type ClientPackages struct {
	// Software Update Plug-in.
	Plugin *ClientPackage `json:"plugin,omitempty"`
	// Patch Windows System Assessment Scan.
	Scan *ClientPackage `json:"scan,omitempty"`
	// Patch Install Tools.
	Tools *ClientPackage `json:"tools,omitempty"`
}

// ClientPackage is the state of one package on a client.
type ClientPackage struct {
	// Outcome of the newest download event; null where the server has none.
	Status *string `json:"status" jsonschema:"enum=downloaded,enum=failed,enum=pending"`
	// Whole days since that download event, at collection time; negative where the client's clock was ahead.
	StatusAgeDays *int `json:"status_age_days" jsonschema_extras:"unit=days"`
	// The newest run of the package; absent where the server has none.
	LastRun *Run `json:"last_run,omitempty"`
}

// Run is one execution of a package on a client.
type Run struct {
	// When the run started, by the client's clock.
	StartedAt *Time `json:"started_at"`
	// Whole days since the run started, at collection time; negative where the client's clock was ahead.
	AgeDays *int `json:"age_days" jsonschema_extras:"unit=days"`
	// Exit code. 0, 1641 and 3010 are success.
	ReturnCode *int `json:"return_code" jsonschema_extras:"unit=exit code"`
	// Whether the exit code is one of success.
	Succeeded *bool `json:"succeeded"`
}

// Inventory says when inventories of a client last changed on the server.
type Inventory struct {
	// Basic inventory (AeX AC Identification); null where it never arrived.
	BasicAt *Time `json:"basic_at"`
	// Whole days since basic inventory last changed, at collection time.
	BasicAgeDays *int `json:"basic_age_days" jsonschema_extras:"unit=days"`
	// Patch inventory (applicable or installed Windows software updates); null where none is recorded.
	PatchAt *Time `json:"patch_at"`
	// Whole days since patch inventory last changed, at collection time.
	PatchAgeDays *int `json:"patch_age_days" jsonschema_extras:"unit=days"`
	// Whether patch inventory ever returned; null where that cannot be told.
	PatchReturned *bool `json:"patch_returned"`
}

// TaskAgent is the task agent of a client.
type TaskAgent struct {
	// When the task agent last registered.
	RegisteredAt *Time `json:"registered_at"`
	// Whole days since the task agent last registered, at collection time.
	RegistrationAgeDays *int `json:"registration_age_days" jsonschema_extras:"unit=days"`
}

// assetStatuses are the asset statuses that rules tell apart.
var assetStatuses = []string{"Active", "Retired", "Disposed"}

// AssetStatus writes an asset status as the database does, which compares the names
// without regard to case. Other texts are returned as they are.
func AssetStatus(text string) string {
	for _, status := range assetStatuses {
		if strings.EqualFold(text, status) {
			return status
		}
	}
	return text
}

// Location is where a client is, by its addresses: the longest subnet prefix
// wins, and an unassigned subnet inherits the sites of its closest
// encompassing one.
type Location struct {
	// GUID of the subnet that holds the primary address; null where no subnet does.
	Subnet *string `json:"subnet" jsonschema:"format=guid"`
	// Network of the primary address in CIDR notation.
	Network *string `json:"network" jsonschema:"format=cidr"`
	// GUID of the first site of the primary address; null where it is in no site.
	Site *string `json:"site" jsonschema:"format=guid"`
	// GUIDs of the sites of all addresses.
	Sites []string `json:"sites,omitzero" jsonschema:"format=guid"`
}

// Events is what the dates of the downloads and runs of the required packages
// on a client show together.
type Events struct {
	// Fewest whole days since a download or a run, at collection time; negative where one is dated in the future; null where none has a date.
	NewestAgeDays *int `json:"newest_age_days" jsonschema_extras:"unit=days"`
	// Whether some download or run has no date.
	Undated bool `json:"undated"`
}

// ScanLog is what STPatchAssessment.log of a client shows.
type ScanLog struct {
	// Whether the newest scan in it completed; null where the log does not tell.
	Completed *bool `json:"completed"`
	// Whole days since the log was written, at collection time.
	AgeDays *int `json:"age_days" jsonschema_extras:"unit=days"`
}
