-- section: policies.target_counts
-- fills: target_count of each policy: the number of distinct computers in its targets
-- column: guid: the policy
-- column: computers: number of computers; null where a target does more than add the computers of filters: its operations are carried out in an order that no known column holds
-- field: estate.policies.target_count: computers
-- object: vItem: Guid, Name (P)
-- object: ItemReference: ParentItemGuid, ChildItemGuid (P)
-- object: TargetFilter: Guid, ResourceTargetGuid, Operation (P)
-- object: TargetFilterCollection: TargetFilterGuid, CollectionGuid (P)
-- object: ItemClass: Guid (P); ClassGuid (R)
-- object: Class: Guid, Type (P)
-- value: Software Update Plug-in Install (R): name of the plug-in's install policy
-- value: Microsoft Vulnerability Analysis Policy (A): name of the scan policy in 7.x
-- value: Windows System Assessment Scan (P): name of the scan policy in 8.x
-- value: Altiris.PatchManagementCore.Policies.PatchAgentPolicy (P): type of plug-in policies
-- value: TargetFilter.Operation 0 (P): union, the computers of the filter are added; 1 is intersect, 2 is except
-- object: CollectionMembership: CollectionGuid, ResourceGuid (P)
SELECT
    po.[Guid] AS [guid],
    CASE
        WHEN COUNT(tf.[Guid]) = COUNT(CASE WHEN tf.[Operation] = 0 THEN tc.[CollectionGuid] END)
            THEN COUNT(DISTINCT cm.[ResourceGuid])
    END AS [computers]
FROM [vItem] po
LEFT JOIN [ItemClass] ic
    ON ic.[Guid] = po.[Guid]
LEFT JOIN [Class] cl
    ON cl.[Guid] = ic.[ClassGuid]
LEFT JOIN [ItemReference] ir
    ON ir.[ParentItemGuid] = po.[Guid]
LEFT JOIN [TargetFilter] tf
    ON tf.[ResourceTargetGuid] = ir.[ChildItemGuid]
LEFT JOIN [TargetFilterCollection] tc
    ON tc.[TargetFilterGuid] = tf.[Guid]
LEFT JOIN [CollectionMembership] cm
    ON cm.[CollectionGuid] = tc.[CollectionGuid]
WHERE
    po.[Name] IN (
        'Software Update Plug-in Install',
        'Microsoft Vulnerability Analysis Policy',
        'Windows System Assessment Scan'
    )
    OR cl.[Type] LIKE 'Altiris.PatchManagementCore.Policies.PatchAgentPolicy%'
GROUP BY po.[Guid]
