-- section: clients.licence
-- fills: whether each client holds a licence: those listed here do
-- column: key: the computer
-- parameter: product: name or GUID of the product, % for any text
-- object: LicenseInUse: LicensingPolicyGuid, ResourceGuid (A)
-- object: vProduct: Guid, Name (A)
SELECT
    liu.[ResourceGuid] AS [key]
FROM [LicenseInUse] liu
JOIN [vProduct] vp
    ON vp.[Guid] = liu.[LicensingPolicyGuid]
WHERE vp.[Name] LIKE @product OR vp.[Guid] LIKE @product
ORDER BY liu.[ResourceGuid]
