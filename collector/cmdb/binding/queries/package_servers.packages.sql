-- section: package_servers.packages
-- fills: status of the required packages on each package server
-- column: guid: the package server
-- column: role: which of the required packages
-- column: status: status of the package on this server, see map
-- column: status_time: when that status was reported
-- column: revision: revision of the package that this server reports
-- field: estate.package_servers.packages.*.status: role, status
-- field: estate.package_servers.packages.*.status_age_days: role, status_time
-- field: estate.package_servers.packages.*.revision: role, revision
-- map: status (R): ready = ready, pending = pending, not ready = not_ready, invalid = invalid
-- object: SWDPackageServer: PkgSvrId, PackageId, Status, StatusTime, Package Version (R)
-- object: vItem: Guid, Name (P)
-- value: 6D417916-467C-46A7-A870-6D86D9345B61 (P): package Patch Windows System Assessment Scan
-- value: 832C527C-B9C9-46FB-B1F1-2F35434FF90D (P): package Patch Install Tools
-- value: Software Update Plug-in (A): name of the plug-in's package, whose GUID is not public
SELECT
    ps.[PkgSvrId] AS [guid],
    CASE
        WHEN vi.[Guid] = '6D417916-467C-46A7-A870-6D86D9345B61' THEN 'scan'
        WHEN vi.[Guid] = '832C527C-B9C9-46FB-B1F1-2F35434FF90D' THEN 'tools'
        ELSE 'plugin'
    END AS [role],
    ps.[Status] AS [status],
    ps.[StatusTime] AS [status_time],
    ps.[Package Version] AS [revision]
FROM [SWDPackageServer] ps
JOIN [vItem] vi
    ON vi.[Guid] = ps.[PackageId]
WHERE
    vi.[Guid] IN (
        '6D417916-467C-46A7-A870-6D86D9345B61',
        '832C527C-B9C9-46FB-B1F1-2F35434FF90D'
    )
    OR vi.[Name] = 'Software Update Plug-in'
