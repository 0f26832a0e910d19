-- section: clients.task_agent
-- fills: when the task agent of each client last registered
-- column: key: the computer
-- column: registered_at: when it last registered
-- field: input.task_agent: registered_at
-- object: Inv_Client_Task_Resources: _ResourceGuid, LastRegistered (P)
SELECT
    tr.[_ResourceGuid] AS [key],
    tr.[LastRegistered] AS [registered_at]
FROM [Inv_Client_Task_Resources] tr
ORDER BY tr.[_ResourceGuid]
