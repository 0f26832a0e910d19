package snapshot

// RequiredPackage is a package that a client must have before it can take a licence.
type RequiredPackage struct {
	Role string
	Name string // in the article
	GUID string // empty if it differs between servers
}

// RequiredPackages returns the required packages in the order in which clients
// receive them.
func RequiredPackages() []RequiredPackage {
	return []RequiredPackage{
		{"plugin", "Software Update Plug-in", ""},
		{"scan", "Patch Windows System Assessment Scan", "6D417916-467C-46A7-A870-6D86D9345B61"},
		{"tools", "Patch Install Tools", "832C527C-B9C9-46FB-B1F1-2F35434FF90D"},
	}
}

// PackageRoles returns the roles of the required packages.
func PackageRoles() []string { return []string{"plugin", "scan", "tools"} }

// ForRole returns the place of a required package; nil for an unknown role.
func (p *ClientPackages) ForRole(role string) **ClientPackage {
	switch role {
	case "plugin":
		return &p.Plugin
	case "scan":
		return &p.Scan
	case "tools":
		return &p.Tools
	}
	return nil
}

// ForRole returns the place of a required package; nil for an unknown role.
func (p *ServerPackages) ForRole(role string) **ServerPackage {
	switch role {
	case "plugin":
		return &p.Plugin
	case "scan":
		return &p.Scan
	case "tools":
		return &p.Tools
	}
	return nil
}
