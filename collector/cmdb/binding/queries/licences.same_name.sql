-- section: licences.same_name
-- fills: names and domains that several holders of a licence share, whatever their status
-- empty: no two holders of a licence share a name
-- column: guid: a holder whose name another holder has, too
-- column: name: its name
-- column: domain: its domain or workgroup
-- field: estate.licences.same_name: guid, name, domain
-- parameter: product: name or GUID of the product, % for any text
-- object: vProduct: Guid, Name (A)
-- object: LicenseInUse: LicensingPolicyGuid, ResourceGuid (A)
-- object: RM_ResourceComputer: Guid, Name (P)
-- object: vComputer: Guid, Domain (A)
-- object: Inv_AeX_AC_Identification: _ResourceGuid, Domain (P)
SELECT DISTINCT
    rc.[Guid] AS [guid],
    rc.[Name] AS [name],
    COALESCE(vc.[Domain], id.[Domain]) AS [domain]
FROM [LicenseInUse] liu
JOIN [vProduct] vp
    ON vp.[Guid] = liu.[LicensingPolicyGuid]
JOIN [RM_ResourceComputer] rc
    ON rc.[Guid] = liu.[ResourceGuid]
LEFT JOIN [vComputer] vc
    ON vc.[Guid] = rc.[Guid]
LEFT JOIN [Inv_AeX_AC_Identification] id
    ON id.[_ResourceGuid] = rc.[Guid]
WHERE (vp.[Name] LIKE @product OR vp.[Guid] LIKE @product)
    AND LOWER(rc.[Name]) IN (
        SELECT LOWER(oc.[Name])
        FROM [LicenseInUse] ol
        JOIN [vProduct] op
            ON op.[Guid] = ol.[LicensingPolicyGuid]
        JOIN [RM_ResourceComputer] oc
            ON oc.[Guid] = ol.[ResourceGuid]
        WHERE op.[Name] LIKE @product OR op.[Guid] LIKE @product
        GROUP BY LOWER(oc.[Name])
        HAVING COUNT(DISTINCT oc.[Guid]) > 1
    )
