-- section: clients.plugin_policies
-- fills: the enabled plug-in policies that target each client
-- column: key: the computer
-- column: policy: the policy
-- field: input.plugin_policies: policy
-- object: vItem: Guid (P)
-- object: ItemActive: Guid, Enabled (P)
-- object: ItemClass: Guid (P); ClassGuid (R)
-- object: Class: Guid, Type (P)
-- object: ItemReference: ParentItemGuid, ChildItemGuid (P)
-- object: TargetFilter: Guid, ResourceTargetGuid (P)
-- object: TargetFilterCollection: TargetFilterGuid, CollectionGuid (P)
-- object: CollectionMembership: CollectionGuid, ResourceGuid (P)
-- value: Altiris.PatchManagementCore.Policies.PatchAgentPolicy (P): type of plug-in policies
-- value: every filter of a target adds computers to it (R)
SELECT
    cm.[ResourceGuid] AS [key],
    po.[Guid] AS [policy]
FROM [vItem] po
JOIN [ItemActive] ia
    ON ia.[Guid] = po.[Guid]
JOIN [ItemClass] ic
    ON ic.[Guid] = po.[Guid]
JOIN [Class] cl
    ON cl.[Guid] = ic.[ClassGuid]
JOIN [ItemReference] ir
    ON ir.[ParentItemGuid] = po.[Guid]
JOIN [TargetFilter] tf
    ON tf.[ResourceTargetGuid] = ir.[ChildItemGuid]
JOIN [TargetFilterCollection] tc
    ON tc.[TargetFilterGuid] = tf.[Guid]
JOIN [CollectionMembership] cm
    ON cm.[CollectionGuid] = tc.[CollectionGuid]
WHERE cl.[Type] LIKE 'Altiris.PatchManagementCore.Policies.PatchAgentPolicy%'
    AND ia.[Enabled] = 1
ORDER BY cm.[ResourceGuid]
