-- section: packages.codebases
-- fills: codebases of each required package: the hosts that serve it
-- column: guid: the package
-- column: url: where it is served, one row a source and protocol; only the host is kept
-- column: snapshot: the snapshot that this source names
-- field: estate.packages.codebases.host: url
-- field: estate.packages.codebases.snapshot: snapshot
-- object: SWDPackageCodebase: PackageID, URL, Snapshot (P)
-- object: vItem: Guid, Name (P)
-- value: 6D417916-467C-46A7-A870-6D86D9345B61 (P): package Patch Windows System Assessment Scan
-- value: 832C527C-B9C9-46FB-B1F1-2F35434FF90D (P): package Patch Install Tools
-- value: Software Update Plug-in (A): name of the plug-in's package, whose GUID is not public
SELECT
    cb.[PackageID] AS [guid],
    cb.[URL] AS [url],
    cb.[Snapshot] AS [snapshot]
FROM [SWDPackageCodebase] cb
JOIN [vItem] vi
    ON vi.[Guid] = cb.[PackageID]
WHERE
    vi.[Guid] IN (
        '6D417916-467C-46A7-A870-6D86D9345B61',
        '832C527C-B9C9-46FB-B1F1-2F35434FF90D'
    )
    OR vi.[Name] = 'Software Update Plug-in'
