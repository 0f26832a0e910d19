-- section: licences.inactive_holders
-- fills: holders of a licence that are not Active computers, which the article's own query hides
-- empty: every computer that holds a licence is Active
-- column: guid: the holder
-- column: name: its name; null where the resource no longer exists
-- column: status: its asset status
-- field: estate.licences.inactive_holders: guid, name, status
-- parameter: product: name or GUID of the product, % for any text
-- object: vProduct: Guid, Name (A)
-- object: LicenseInUse: LicensingPolicyGuid, ResourceGuid (A)
-- object: vComputer: Guid (A)
-- object: RM_ResourceComputer: Guid, Name (P)
-- object: ResourceAssociation: ResourceAssociationTypeGuid, ParentResourceGuid, ChildResourceGuid (P)
-- object: vRM_Fixed_Asset_Status_Resource_Type_Item: Guid, Name (P)
-- value: 3028166F-C0D6-41D8-9CB7-F64852E0FD01 (P): association of an asset with its status
SELECT
    liu.[ResourceGuid] AS [guid],
    rc.[Name] AS [name],
    st.[Name] AS [status]
FROM [LicenseInUse] liu
JOIN [vProduct] vp
    ON vp.[Guid] = liu.[LicensingPolicyGuid]
LEFT JOIN [vComputer] vc
    ON vc.[Guid] = liu.[ResourceGuid]
LEFT JOIN [RM_ResourceComputer] rc
    ON rc.[Guid] = liu.[ResourceGuid]
LEFT JOIN [ResourceAssociation] ra
    ON ra.[ParentResourceGuid] = liu.[ResourceGuid]
    AND ra.[ResourceAssociationTypeGuid] = '3028166F-C0D6-41D8-9CB7-F64852E0FD01'
LEFT JOIN [vRM_Fixed_Asset_Status_Resource_Type_Item] st
    ON st.[Guid] = ra.[ChildResourceGuid]
WHERE vc.[Guid] IS NULL
    AND (vp.[Name] LIKE @product OR vp.[Guid] LIKE @product)
