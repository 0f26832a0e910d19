-- section: filters
-- fills: the filters compared with licences, and those that the targets of the policies are made of
-- column: guid: the filter
-- column: name: display name
-- field: estate.filters.guid: guid
-- field: estate.filters.name: name
-- value: D3BA9CA7-5E71-4D76-B961-1BA0B436AACB (P): filter Computers with Software Update Plug-in Installed
-- value: 04B75635-A594-48B6-9A2F-B79A0D78F6B5 (P): filter Windows Computers Requiring Symantec Management Agent Upgrade
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
SELECT
    fi.[Guid] AS [guid],
    fi.[Name] AS [name]
FROM [vItem] fi
WHERE fi.[Guid] IN (
        'D3BA9CA7-5E71-4D76-B961-1BA0B436AACB',
        '04B75635-A594-48B6-9A2F-B79A0D78F6B5'
    )
    OR fi.[Guid] IN (
        SELECT tc.[CollectionGuid]
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
        WHERE
            po.[Name] IN (
                'Software Update Plug-in Install',
                'Microsoft Vulnerability Analysis Policy',
                'Windows System Assessment Scan'
            )
            OR cl.[Type] LIKE 'Altiris.PatchManagementCore.Policies.PatchAgentPolicy%'
    )
