-- section: package_servers.task_registration_age_days
-- fills: age of the last registration of each package server's task agent
-- column: guid: the computer
-- column: registered_at: when its task agent last registered
-- field: estate.package_servers.task_registration_age_days: registered_at
-- object: vSiteServices: Guid (P)
-- object: Inv_Client_Task_Resources: _ResourceGuid, LastRegistered (P)
SELECT
    ss.[Guid] AS [guid],
    tr.[LastRegistered] AS [registered_at]
FROM [vSiteServices] ss
JOIN [Inv_Client_Task_Resources] tr
    ON tr.[_ResourceGuid] = ss.[Guid]
