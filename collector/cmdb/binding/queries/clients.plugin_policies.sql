-- section: clients.plugin_policies
-- fills: the enabled plug-in policies that target each client
-- column: key: the computer; null where it is unknown which computers the policy targets
-- column: policy: the policy
-- field: input.plugin_policies: policy
-- object: vItem: Guid (P)
-- object: ItemActive: Guid, Enabled (P)
-- object: ItemClass: Guid (P); ClassGuid (R)
-- object: Class: Guid, Type (P)
-- object: ItemReference: ParentItemGuid, ChildItemGuid (P)
-- object: TargetFilter: Guid, ResourceTargetGuid, Operation (P)
-- object: TargetFilterCollection: TargetFilterGuid, CollectionGuid (P)
-- object: CollectionMembership: CollectionGuid, ResourceGuid (P)
-- value: Altiris.PatchManagementCore.Policies.PatchAgentPolicy (P): type of plug-in policies
-- value: TargetFilter.Operation 0 (P): union, the computers of the filter are added; 1 is intersect, 2 is except, and the order in which they are carried out is in no known column
SELECT
    cm.[ResourceGuid] AS [key],
    po.[Guid] AS [policy]
FROM [vItem] po
JOIN [ItemClass] ic
    ON ic.[Guid] = po.[Guid]
JOIN [Class] cl
    ON cl.[Guid] = ic.[ClassGuid]
LEFT JOIN [ItemActive] ia
    ON ia.[Guid] = po.[Guid]
JOIN [ItemReference] ir
    ON ir.[ParentItemGuid] = po.[Guid]
JOIN [TargetFilter] tf
    ON tf.[ResourceTargetGuid] = ir.[ChildItemGuid]
LEFT JOIN [TargetFilterCollection] tc
    ON tc.[TargetFilterGuid] = tf.[Guid]
LEFT JOIN [CollectionMembership] cm
    ON cm.[CollectionGuid] = tc.[CollectionGuid]
    AND ia.[Enabled] = 1
    AND tf.[Operation] = 0
WHERE cl.[Type] LIKE 'Altiris.PatchManagementCore.Policies.PatchAgentPolicy%'
    AND (ia.[Enabled] IS NULL OR ia.[Enabled] = 1)
    AND (
        cm.[ResourceGuid] IS NOT NULL
        OR ia.[Enabled] IS NULL
        OR tf.[Operation] IS NULL
        OR tf.[Operation] <> 0
        OR tc.[CollectionGuid] IS NULL
    )
ORDER BY cm.[ResourceGuid]
