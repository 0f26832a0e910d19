-- section: policies.target_counts
-- fills: target_count of each policy: the number of distinct computers in the filters of its targets
-- column: guid: the policy
-- column: computers: number of computers
-- field: estate.policies.target_count: computers
-- object: vItem: Guid, Name (P)
-- object: ItemReference: ParentItemGuid, ChildItemGuid (P)
-- object: TargetFilter: Guid, ResourceTargetGuid (P)
-- object: TargetFilterCollection: TargetFilterGuid, CollectionGuid (P)
-- object: ItemClass: Guid (P); ClassGuid (R)
-- object: Class: Guid, Type (P)
-- value: Software Update Plug-in Install (R): name of the plug-in's install policy
-- value: Microsoft Vulnerability Analysis Policy (A): name of the scan policy in 7.x
-- value: Windows System Assessment Scan (P): name of the scan policy in 8.x
-- value: Altiris.PatchManagementCore.Policies.PatchAgentPolicy (P): type of plug-in policies
-- value: every filter of a target adds computers to it (R)
-- object: CollectionMembership: CollectionGuid, ResourceGuid (P)
SELECT
    po.[Guid] AS [guid],
    COUNT(DISTINCT cm.[ResourceGuid]) AS [computers]
FROM [vItem] po
LEFT JOIN [ItemClass] ic
    ON ic.[Guid] = po.[Guid]
LEFT JOIN [Class] cl
    ON cl.[Guid] = ic.[ClassGuid]
JOIN [ItemReference] ir
    ON ir.[ParentItemGuid] = po.[Guid]
JOIN [TargetFilter] tf
    ON tf.[ResourceTargetGuid] = ir.[ChildItemGuid]
JOIN [TargetFilterCollection] tc
    ON tc.[TargetFilterGuid] = tf.[Guid]
JOIN [CollectionMembership] cm
    ON cm.[CollectionGuid] = tc.[CollectionGuid]
WHERE
    po.[Name] IN (
        'Software Update Plug-in Install',
        'Microsoft Vulnerability Analysis Policy',
        'Windows System Assessment Scan'
    )
    OR cl.[Type] LIKE 'Altiris.PatchManagementCore.Policies.PatchAgentPolicy%'
GROUP BY po.[Guid]
