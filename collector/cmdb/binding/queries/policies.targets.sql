-- section: policies.targets
-- fills: target_filters of each policy: the filters that make up its targets, whether they add or take away computers; has_target of each policy: whether it has a row here
-- column: guid: the policy
-- column: filter: a filter of one of its targets; null where a target has a part that is not a filter
-- field: estate.policies.target_filters: filter
-- field: estate.policies.has_target: guid
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
SELECT DISTINCT
    po.[Guid] AS [guid],
    tc.[CollectionGuid] AS [filter]
FROM [vItem] po
LEFT JOIN [ItemClass] ic
    ON ic.[Guid] = po.[Guid]
LEFT JOIN [Class] cl
    ON cl.[Guid] = ic.[ClassGuid]
JOIN [ItemReference] ir
    ON ir.[ParentItemGuid] = po.[Guid]
JOIN [TargetFilter] tf
    ON tf.[ResourceTargetGuid] = ir.[ChildItemGuid]
LEFT JOIN [TargetFilterCollection] tc
    ON tc.[TargetFilterGuid] = tf.[Guid]
WHERE
    po.[Name] IN (
        'Software Update Plug-in Install',
        'Microsoft Vulnerability Analysis Policy',
        'Windows System Assessment Scan'
    )
    OR cl.[Type] LIKE 'Altiris.PatchManagementCore.Policies.PatchAgentPolicy%'
