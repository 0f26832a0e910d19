-- section: licence_rows
-- fills: the licences in use that the command licences lists: a row for each product and holder, as the article's script does
-- column: product: name of the product
-- column: product_guid: GUID of the product
-- column: guid: the holder; null if the product has no holders of a licence
-- column: name: its name; null if the resource no longer exists
-- column: domain: its domain or workgroup
-- column: active: the holder in vComputer; null if the article's script does not list it
-- column: status: its asset status
-- parameter: product: name or GUID of the product, % for any text
-- object: vProduct: Guid, Name (A)
-- object: LicenseInUse: LicensingPolicyGuid, ResourceGuid (A)
-- object: vComputer: Guid, Domain (A)
-- object: RM_ResourceComputer: Guid, Name (P)
-- object: Inv_AeX_AC_Identification: _ResourceGuid, Domain (P)
-- object: ResourceAssociation: ResourceAssociationTypeGuid, ParentResourceGuid, ChildResourceGuid (P)
-- object: vRM_Fixed_Asset_Status_Resource_Type_Item: Guid, Name (P)
-- value: 3028166F-C0D6-41D8-9CB7-F64852E0FD01 (P): association of an asset with its status
SELECT
    liu.*,
    vp.[Name] AS [product],
    vp.[Guid] AS [product_guid],
    liu.[ResourceGuid] AS [guid],
    rc.[Name] AS [name],
    COALESCE(vc.[Domain], id.[Domain]) AS [domain],
    vc.[Guid] AS [active],
    st.[Name] AS [status]
FROM [vProduct] vp
LEFT JOIN [LicenseInUse] liu
    ON liu.[LicensingPolicyGuid] = vp.[Guid]
LEFT JOIN [vComputer] vc
    ON vc.[Guid] = liu.[ResourceGuid]
LEFT JOIN [RM_ResourceComputer] rc
    ON rc.[Guid] = liu.[ResourceGuid]
LEFT JOIN [Inv_AeX_AC_Identification] id
    ON id.[_ResourceGuid] = liu.[ResourceGuid]
LEFT JOIN [ResourceAssociation] ra
    ON ra.[ParentResourceGuid] = liu.[ResourceGuid]
    AND ra.[ResourceAssociationTypeGuid] = '3028166F-C0D6-41D8-9CB7-F64852E0FD01'
LEFT JOIN [vRM_Fixed_Asset_Status_Resource_Type_Item] st
    ON st.[Guid] = ra.[ChildResourceGuid]
WHERE vp.[Name] LIKE @product OR vp.[Guid] LIKE @product
ORDER BY vp.[Name], rc.[Name], liu.[ResourceGuid]
