-- section: packages
-- fills: the three packages that a client needs, with their state on the Notification Server
-- column: guid: the package
-- column: name: its name
-- column: role: which of the three it is
-- column: enabled: 1 where it is enabled
-- column: revision: changes when the package's snapshot changes
-- field: estate.packages.guid: guid
-- field: estate.packages.name: name
-- field: estate.packages.role: role
-- field: estate.packages.enabled: enabled
-- field: estate.packages.revision: revision
-- object: SWDPackage: PackageId (R); Package Version (P)
-- object: vItem: Guid, Name (P)
-- object: ItemActive: Guid, Enabled (P)
-- value: a package is enabled like any item (I)
-- value: 6D417916-467C-46A7-A870-6D86D9345B61 (P): package Patch Windows System Assessment Scan
-- value: 832C527C-B9C9-46FB-B1F1-2F35434FF90D (P): package Patch Install Tools
-- value: Software Update Plug-in (A): name of the plug-in's package, whose GUID is not public
SELECT
    vi.[Guid] AS [guid],
    vi.[Name] AS [name],
    CASE
        WHEN vi.[Guid] = '6D417916-467C-46A7-A870-6D86D9345B61' THEN 'scan'
        WHEN vi.[Guid] = '832C527C-B9C9-46FB-B1F1-2F35434FF90D' THEN 'tools'
        ELSE 'plugin'
    END AS [role],
    ia.[Enabled] AS [enabled],
    sp.[Package Version] AS [revision]
FROM [SWDPackage] sp
JOIN [vItem] vi
    ON vi.[Guid] = sp.[PackageId]
LEFT JOIN [ItemActive] ia
    ON ia.[Guid] = sp.[PackageId]
WHERE
    vi.[Guid] IN (
        '6D417916-467C-46A7-A870-6D86D9345B61',
        '832C527C-B9C9-46FB-B1F1-2F35434FF90D'
    )
    OR vi.[Name] = 'Software Update Plug-in'
