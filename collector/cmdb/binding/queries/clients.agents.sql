-- section: clients.agents
-- fills: agent and plugin of each client
-- column: key: the computer
-- column: agent: core or plugin; null stands for all other agents
-- column: version: version of the core agent or plug-in
-- field: input.agent: agent, version
-- field: input.plugin: agent, version
-- object: Inv_AeX_AC_Client_Agent: _ResourceGuid, Agent Name, Product Version (P)
-- value: Altiris Agent (P): name of the core agent
-- value: Altiris Software Update Agent (P): name of the Software Update Plug-in
SELECT
    ca.[key] AS [key],
    ca.[agent] AS [agent],
    ca.[version] AS [version]
FROM (
    SELECT
        ag.[_ResourceGuid] AS [key],
        CASE ag.[Agent Name]
            WHEN 'Altiris Agent' THEN 'core'
            WHEN 'Altiris Software Update Agent' THEN 'plugin'
        END AS [agent],
        CASE
            WHEN ag.[Agent Name] IN ('Altiris Agent', 'Altiris Software Update Agent')
                THEN ag.[Product Version]
        END AS [version]
    FROM [Inv_AeX_AC_Client_Agent] ag
) ca
GROUP BY ca.[key], ca.[agent], ca.[version]
ORDER BY ca.[key]
