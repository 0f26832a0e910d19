-- section: server
-- fills: the Notification Server: the computer that is its own server
-- column: guid: its computer resource
-- column: name: host name
-- column: agent: core or plugin, the agent that this row is about
-- column: version: version of that agent on it
-- field: estate.server.guid: guid
-- field: estate.server.name: name
-- field: estate.server.version: agent, version
-- field: estate.server.plugin_version: agent, version
-- object: vComputer: Guid, Name (A); Server, IsLocal (P)
-- object: Inv_AeX_AC_Identification: _ResourceGuid, FQDN (P)
-- object: Inv_AeX_AC_Client_Agent: _ResourceGuid, Agent Name, Product Version (P)
-- value: Altiris Agent (P): name of the core agent
-- value: Altiris Software Update Agent (P): name of the Software Update Plug-in
-- value: Server = Name (I): only the Notification Server is managed by itself
SELECT
    vc.[Guid] AS [guid],
    vc.[Name] AS [name],
    CASE ag.[Agent Name]
        WHEN 'Altiris Agent' THEN 'core'
        WHEN 'Altiris Software Update Agent' THEN 'plugin'
    END AS [agent],
    ag.[Product Version] AS [version]
FROM [vComputer] vc
LEFT JOIN [Inv_AeX_AC_Identification] id
    ON id.[_ResourceGuid] = vc.[Guid]
LEFT JOIN [Inv_AeX_AC_Client_Agent] ag
    ON ag.[_ResourceGuid] = vc.[Guid]
    AND ag.[Agent Name] IN ('Altiris Agent', 'Altiris Software Update Agent')
WHERE vc.[IsLocal] = 1
    AND (vc.[Server] = vc.[Name] OR vc.[Server] = id.[FQDN])
