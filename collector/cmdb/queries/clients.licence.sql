-- section: clients.licence
-- fills: whether each client holds a licence: those listed here do
-- column: key: the computer; null where the product matches and nobody holds a licence of it
-- field: input.licence: key
-- parameter: product: name or GUID of the product, % for any text
-- object: LicenseInUse: LicensingPolicyGuid, ResourceGuid (A)
-- object: vProduct: Guid, Name (A)
SELECT
    liu.[ResourceGuid] AS [key]
FROM [vProduct] vp
LEFT JOIN [LicenseInUse] liu
    ON liu.[LicensingPolicyGuid] = vp.[Guid]
WHERE vp.[Name] LIKE @product OR vp.[Guid] LIKE @product
ORDER BY liu.[ResourceGuid]
