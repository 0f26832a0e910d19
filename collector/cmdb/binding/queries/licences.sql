-- section: licences
-- fills: the licensed product and the number of resources that hold a licence of it
-- column: product: name of the product; no row if no product matches. Licences of several products cannot be evaluated together, so several rows are refused
-- column: in_use: number of distinct holders, whatever their status
-- field: estate.licences.product: product
-- field: estate.licences.in_use: in_use
-- parameter: product: name or GUID of the product, % for any text
-- object: vProduct: Guid, Name (A)
-- object: LicenseInUse: LicensingPolicyGuid, ResourceGuid (A)
SELECT
    vp.[Name] AS [product],
    COUNT(DISTINCT liu.[ResourceGuid]) AS [in_use]
FROM [vProduct] vp
LEFT JOIN [LicenseInUse] liu
    ON liu.[LicensingPolicyGuid] = vp.[Guid]
WHERE vp.[Name] LIKE @product OR vp.[Guid] LIKE @product
GROUP BY vp.[Guid], vp.[Name]
