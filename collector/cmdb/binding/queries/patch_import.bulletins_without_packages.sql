-- section: patch_import.bulletins_without_packages
-- fills: enabled bulletins with updates that have no package
-- column: guid: the bulletin
-- column: name: its name
-- column: enabled: 1 where it is enabled
-- column: updates: number of its updates
-- column: packaged: number of those that have a package
-- field: estate.patch_import.bulletins_without_packages.guid: guid
-- field: estate.patch_import.bulletins_without_packages.name: name
-- field: estate.patch_import.bulletins_without_packages.updates: enabled, updates, packaged
-- field: estate.patch_import.bulletins_unknown: guid, name, enabled, updates, packaged
-- object: Inv_Software_Bulletin: _ResourceGuid (P)
-- object: RM_ResourceSoftware_Bulletin: Guid, Name (P)
-- object: ItemActive: Guid, Enabled (P)
-- object: ResourceAssociation: ResourceAssociationTypeGuid, ParentResourceGuid, ChildResourceGuid (P)
-- value: 7EEAB03A-839C-458D-9AF2-55DB6B173293 (P): association of a bulletin, the parent, with its updates
-- value: A19CED33-9E1F-4E97-98CF-0F8B339739C3 (P): association of an update, the parent, with its packages
SELECT
    sb.[_ResourceGuid] AS [guid],
    rb.[Name] AS [name],
    ia.[Enabled] AS [enabled],
    COUNT(DISTINCT bu.[ChildResourceGuid]) AS [updates],
    COUNT(DISTINCT up.[ParentResourceGuid]) AS [packaged]
FROM [Inv_Software_Bulletin] sb
LEFT JOIN [RM_ResourceSoftware_Bulletin] rb
    ON rb.[Guid] = sb.[_ResourceGuid]
LEFT JOIN [ItemActive] ia
    ON ia.[Guid] = sb.[_ResourceGuid]
LEFT JOIN [ResourceAssociation] bu
    ON bu.[ParentResourceGuid] = sb.[_ResourceGuid]
    AND bu.[ResourceAssociationTypeGuid] = '7EEAB03A-839C-458D-9AF2-55DB6B173293'
LEFT JOIN [ResourceAssociation] up
    ON up.[ParentResourceGuid] = bu.[ChildResourceGuid]
    AND up.[ResourceAssociationTypeGuid] = 'A19CED33-9E1F-4E97-98CF-0F8B339739C3'
GROUP BY sb.[_ResourceGuid], rb.[Name], ia.[Enabled]
