-- section: sites.prevent_downloads
-- fills: the sources that the settings of each site forbid to download from (KB204355)
-- empty: no item refers to a site, so what sites forbid is unknown
-- column: guid: the site
-- column: enabled: 1 where the policy is on
-- column: state: settings of a policy for the site as XML, of which only the nodes below are read
-- field: estate.sites.prevent_downloads: enabled, state
-- xpath: settings (P): //outbound
-- xpath: deny (P): //outbound/deny
-- map: deny (P): ns = Ns, extps = ExtPs
-- object: vRM_Site_Item: Guid (I)
-- object: ItemReference: ParentItemGuid, ChildItemGuid (P)
-- object: vItem: Guid, State (P)
-- object: ItemActive: Guid, Enabled (P)
-- value: the parent of the reference is the site settings policy, the child the site (R)
-- value: the item holds the nodes that agents receive (I)
SELECT
    si.[Guid] AS [guid],
    ia.[Enabled] AS [enabled],
    po.[State] AS [state]
FROM [vRM_Site_Item] si
JOIN [ItemReference] ir
    ON ir.[ChildItemGuid] = si.[Guid]
JOIN [vItem] po
    ON po.[Guid] = ir.[ParentItemGuid]
LEFT JOIN [ItemActive] ia
    ON ia.[Guid] = po.[Guid]
