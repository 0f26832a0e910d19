-- section: clients.packages.last_run
-- fills: packages.*.last_run of each client: the newest run of each required package
-- column: key: the computer
-- column: role: which of the required packages
-- column: event_time: when the run was reported, by the client's clock
-- column: started_at: when it started, by the client's clock
-- column: return_code: exit code
-- field: input.packages.*.last_run: role, event_time, started_at, return_code
-- object: Evt_AeX_SWD_Execution: _ResourceGuid (R); _eventTime, AdvertisementName, Start, ReturnCode (P)
-- value: Software Update Plug-in (R): beginning of the names of the plug-in's runs
-- value: Windows System Assessment Scan (P): in the names of the scan's runs
-- value: Patch Install Tools (R): in the names of the tools' runs
SELECT
    ev.[_ResourceGuid] AS [key],
    CASE
        WHEN ev.[AdvertisementName] LIKE '%System Assessment Scan%' THEN 'scan'
        WHEN ev.[AdvertisementName] LIKE '%Patch Install Tools%' THEN 'tools'
        ELSE 'plugin'
    END AS [role],
    ev.[_eventTime] AS [event_time],
    ev.[Start] AS [started_at],
    ev.[ReturnCode] AS [return_code]
FROM [Evt_AeX_SWD_Execution] ev
WHERE ev.[AdvertisementName] LIKE '%System Assessment Scan%'
    OR ev.[AdvertisementName] LIKE '%Patch Install Tools%'
    OR ev.[AdvertisementName] LIKE 'Software Update Plug-in%'
ORDER BY ev.[_ResourceGuid]
