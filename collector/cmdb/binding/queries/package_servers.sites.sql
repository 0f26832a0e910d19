-- section: package_servers.sites
-- fills: the sites that each package server is assigned to by hand
-- empty: no package server is assigned to a site by hand
-- column: guid: the package server
-- column: site: the site
-- field: estate.package_servers.sites: site
-- object: vSiteServices: Guid (P)
-- object: vRM_Site_Item: Guid (I)
-- object: ResourceAssociation: ParentResourceGuid, ChildResourceGuid (P)
-- value: the parent of the association is the site, the child the server (R)
SELECT
    ss.[Guid] AS [guid],
    si.[Guid] AS [site]
FROM [vRM_Site_Item] si
JOIN [ResourceAssociation] ra
    ON ra.[ParentResourceGuid] = si.[Guid]
JOIN [vSiteServices] ss
    ON ss.[Guid] = ra.[ChildResourceGuid]
