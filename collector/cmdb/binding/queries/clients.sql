-- section: clients
-- fills: every computer, retired ones too; other sections about clients are joined to this one
-- column: key: the computer
-- column: name: host name
-- column: managed: 1 where it runs the core agent
-- column: active: 1 where vComputer lists it, which lists Active computers only (KB180417)
-- column: status: asset status
-- column: domain: domain or workgroup
-- column: os_name: operating system
-- field: input.guid: key
-- field: input.name: name
-- field: input.domain: domain
-- field: input.status: status, active
-- field: input.managed: managed
-- field: input.os_name: os_name
-- object: RM_ResourceComputer: Guid, Name, IsManaged (P)
-- object: vComputer: Guid, Domain (A); OS Name (P)
-- object: Inv_AeX_AC_Identification: _ResourceGuid, Domain, OS Name (P)
-- object: ResourceAssociation: ResourceAssociationTypeGuid, ParentResourceGuid, ChildResourceGuid (P)
-- object: vRM_Fixed_Asset_Status_Resource_Type_Item: Guid, Name (P)
-- value: 3028166F-C0D6-41D8-9CB7-F64852E0FD01 (P): association of an asset with its status
SELECT
    rc.[Guid] AS [key],
    rc.[Name] AS [name],
    rc.[IsManaged] AS [managed],
    CASE WHEN vc.[Guid] IS NULL THEN 0 ELSE 1 END AS [active],
    st.[Name] AS [status],
    COALESCE(vc.[Domain], id.[Domain]) AS [domain],
    COALESCE(vc.[OS Name], id.[OS Name]) AS [os_name]
FROM [RM_ResourceComputer] rc
LEFT JOIN [vComputer] vc
    ON vc.[Guid] = rc.[Guid]
LEFT JOIN [Inv_AeX_AC_Identification] id
    ON id.[_ResourceGuid] = rc.[Guid]
LEFT JOIN [ResourceAssociation] ra
    ON ra.[ParentResourceGuid] = rc.[Guid]
    AND ra.[ResourceAssociationTypeGuid] = '3028166F-C0D6-41D8-9CB7-F64852E0FD01'
LEFT JOIN [vRM_Fixed_Asset_Status_Resource_Type_Item] st
    ON st.[Guid] = ra.[ChildResourceGuid]
ORDER BY rc.[Guid]
