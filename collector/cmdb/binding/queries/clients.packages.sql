-- section: clients.packages
-- fills: packages.*.status of each client: the newest download event of each required package
-- column: key: the computer
-- column: role: which of the required packages
-- column: event_time: when the event took place, by the client's clock
-- column: status: outcome, see map
-- field: input.packages.*.status: role, status, event_time
-- field: input.packages.*.status_age_days: role, event_time
-- map: status (R): downloaded = downloaded, failed = failed, pending = pending
-- object: Evt_AeX_SWD_Package: _ResourceGuid, _eventTime, PackageId, Status (R)
-- object: vItem: Guid, Name (P)
-- value: 6D417916-467C-46A7-A870-6D86D9345B61 (P): package Patch Windows System Assessment Scan
-- value: 832C527C-B9C9-46FB-B1F1-2F35434FF90D (P): package Patch Install Tools
-- value: Software Update Plug-in (A): name of the plug-in's package, whose GUID is not public
SELECT
    ev.[_ResourceGuid] AS [key],
    CASE
        WHEN vi.[Guid] = '6D417916-467C-46A7-A870-6D86D9345B61' THEN 'scan'
        WHEN vi.[Guid] = '832C527C-B9C9-46FB-B1F1-2F35434FF90D' THEN 'tools'
        ELSE 'plugin'
    END AS [role],
    ev.[_eventTime] AS [event_time],
    ev.[Status] AS [status]
FROM [Evt_AeX_SWD_Package] ev
JOIN [vItem] vi
    ON vi.[Guid] = ev.[PackageId]
WHERE
    vi.[Guid] IN (
        '6D417916-467C-46A7-A870-6D86D9345B61',
        '832C527C-B9C9-46FB-B1F1-2F35434FF90D'
    )
    OR vi.[Name] = 'Software Update Plug-in'
ORDER BY ev.[_ResourceGuid]
