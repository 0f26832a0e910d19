-- section: patch_import
-- fills: the runs of the patch management import that the server still has
-- column: ended_at: when the run ended
-- column: result: its result, see map
-- field: estate.patch_import.last_success_at: ended_at, result
-- field: estate.patch_import.last_success_age_days: ended_at, result
-- field: estate.patch_import.last_run_at: ended_at
-- field: estate.patch_import.last_run_succeeded: ended_at, result
-- map: result (R): 1 = succeeded, 2 = failed
-- object: vItem: Guid, Name (P)
-- object: ItemVersions: ItemGuid, VersionGuid (P)
-- object: TaskInstances: TaskInstanceGuid, TaskVersionGuid (P)
-- object: TaskInstanceResults: TaskInstanceGuid, EndTime (P); Result (R)
-- value: Import Patch Data for Windows (P): name of the import task, which varies
SELECT
    tr.[EndTime] AS [ended_at],
    tr.[Result] AS [result]
FROM [vItem] vi
JOIN [ItemVersions] iv
    ON iv.[ItemGuid] = vi.[Guid]
JOIN [TaskInstances] ti
    ON ti.[TaskVersionGuid] = iv.[VersionGuid]
JOIN [TaskInstanceResults] tr
    ON tr.[TaskInstanceGuid] = ti.[TaskInstanceGuid]
WHERE vi.[Name] LIKE 'Import Patch Data for Windows%'
