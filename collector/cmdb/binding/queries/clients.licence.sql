-- section: clients.licence
-- fills: whether each client holds a licence: those listed here do
-- column: key: the computer; null if the product matches and has no holders of a licence
-- column: product: name of the licensed product; rows of several products are refused. May be left out
-- column: product_guid: GUID of the licensed product. May be left out; without both all rows are taken to be of one product
-- field: input.licence: key
-- parameter: product: name or GUID of the product, % for any text
-- object: LicenseInUse: LicensingPolicyGuid, ResourceGuid (A)
-- object: vProduct: Guid, Name (A)
SELECT
    liu.[ResourceGuid] AS [key],
    vp.[Name] AS [product],
    vp.[Guid] AS [product_guid]
FROM [vProduct] vp
LEFT JOIN [LicenseInUse] liu
    ON liu.[LicensingPolicyGuid] = vp.[Guid]
WHERE vp.[Name] LIKE @product OR vp.[Guid] LIKE @product
ORDER BY liu.[ResourceGuid]
