-- section: vendor_policies
-- fills: Patch Management vendor policies and how they assign packages to package servers
-- column: guid: the policy
-- column: name: display name
-- column: enabled: 1 where it is on
-- column: state: settings as XML, of which only the nodes below are read
-- field: estate.vendor_policies.guid: guid
-- field: estate.vendor_policies.name: name
-- field: estate.vendor_policies.enabled: enabled
-- field: estate.vendor_policies.package_assignment: state
-- xpath: assignment_type (R): //packageServerAssignment/assignmentType
-- xpath: automatic_site_assignment (R): //packageServerAssignment/automaticSiteAssignment
-- xpath: package_servers (R): //packageServerAssignment/packageServer/@guid
-- map: assignment_type (P): 0 = all, 1 = individual, 2 = site
-- object: vItem: Guid, Name, State (P)
-- object: ItemActive: Guid, Enabled (P)
-- object: ItemClass: Guid (P); ClassGuid (R)
-- object: Class: Guid, Type (P)
-- value: Altiris.PatchManagementCore.Policies.PatchManagementVendorPolicy (P): type of vendor policies
SELECT
    vi.[Guid] AS [guid],
    vi.[Name] AS [name],
    ia.[Enabled] AS [enabled],
    vi.[State] AS [state]
FROM [vItem] vi
JOIN [ItemClass] ic
    ON ic.[Guid] = vi.[Guid]
JOIN [Class] cl
    ON cl.[Guid] = ic.[ClassGuid]
LEFT JOIN [ItemActive] ia
    ON ia.[Guid] = vi.[Guid]
WHERE cl.[Type] LIKE 'Altiris.PatchManagementCore.Policies.PatchManagementVendorPolicy%'
