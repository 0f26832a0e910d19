-- section: package_servers.basic_inventory_age_days
-- fills: age of each package server's basic inventory
-- column: guid: the computer
-- column: basic_at: when its basic inventory last changed
-- field: estate.package_servers.basic_inventory_age_days: basic_at
-- object: vSiteServices: Guid (P)
-- object: ResourceUpdateSummary: ResourceGuid, InventoryClassGuid, ModifiedDate (P)
-- value: 9E6F402A-6A45-4CBA-9299-C2323F73A506 (P): inventory class AeX AC Identification
SELECT
    ss.[Guid] AS [guid],
    rs.[ModifiedDate] AS [basic_at]
FROM [vSiteServices] ss
JOIN [ResourceUpdateSummary] rs
    ON rs.[ResourceGuid] = ss.[Guid]
WHERE rs.[InventoryClassGuid] = '9E6F402A-6A45-4CBA-9299-C2323F73A506'
