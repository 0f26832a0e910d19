-- section: subnets.sites
-- fills: the sites that each subnet itself is assigned to
-- column: guid: the subnet
-- column: site: the site; null where it is assigned to something that is not among the sites
-- field: estate.subnets.sites: site
-- object: vRM_Subnet_Item: Guid (I)
-- object: vRM_Site_Item: Guid (I)
-- object: ResourceAssociation: ParentResourceGuid, ChildResourceGuid (P)
-- value: the parent of the association is the site, the child the subnet (R)
SELECT
    sn.[Guid] AS [guid],
    si.[Guid] AS [site]
FROM [vRM_Subnet_Item] sn
JOIN [ResourceAssociation] ra
    ON ra.[ChildResourceGuid] = sn.[Guid]
LEFT JOIN [vRM_Site_Item] si
    ON si.[Guid] = ra.[ParentResourceGuid]
