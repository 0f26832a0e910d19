-- section: clients.inventory
-- fills: when basic and patch inventory of each client last changed on the server
-- column: key: the computer; null where no computer has an inventory of that class
-- column: class: basic or patch
-- column: modified_at: when it last changed
-- field: input.inventory: class, modified_at
-- object: DataClass: Guid, Name (P)
-- object: ResourceUpdateSummary: ResourceGuid, InventoryClassGuid, ModifiedDate (P)
-- value: 9E6F402A-6A45-4CBA-9299-C2323F73A506 (P): inventory class AeX AC Identification
-- value: Applicable Windows Software Update, Installed Windows Software Update (I): names of the classes that the scan fills, after their tables
SELECT
    rs.[ResourceGuid] AS [key],
    CASE
        WHEN dc.[Guid] = '9E6F402A-6A45-4CBA-9299-C2323F73A506' THEN 'basic'
        ELSE 'patch'
    END AS [class],
    rs.[ModifiedDate] AS [modified_at]
FROM [DataClass] dc
LEFT JOIN [ResourceUpdateSummary] rs
    ON rs.[InventoryClassGuid] = dc.[Guid]
WHERE dc.[Guid] = '9E6F402A-6A45-4CBA-9299-C2323F73A506'
    OR dc.[Name] IN ('Applicable Windows Software Update', 'Installed Windows Software Update')
ORDER BY rs.[ResourceGuid]
