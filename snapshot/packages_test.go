package snapshot

import "testing"

// TestRequiredPackages_roles: the packages, their roles and the fields for them agree.
func TestRequiredPackages_roles(t *testing.T) {
	roles := PackageRoles()
	for i, p := range RequiredPackages() {
		if i >= len(roles) || p.Role != roles[i] {
			t.Errorf("package %d has role %s, roles are %v", i, p.Role, roles)
		}
		if new(ClientPackages).ForRole(p.Role) == nil || new(ServerPackages).ForRole(p.Role) == nil {
			t.Errorf("role %s has no field", p.Role)
		}
		if p.GUID != "" {
			if err := checkGUID(p.GUID); err != nil {
				t.Error(err)
			}
		}
	}
}
