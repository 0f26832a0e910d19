-- section: package_servers
-- fills: computers that run the package service, distinguished from other site servers by their agents
-- column: guid: the computer
-- column: name: host name
-- column: dns_suffix: DNS suffix
-- column: os_name: operating system
-- column: agent: which of the agents below this row is about; null where it has none of them
-- column: version: version of that agent
-- field: estate.package_servers.guid: guid
-- field: estate.package_servers.name: name
-- field: estate.package_servers.fqdn: name, dns_suffix
-- field: estate.package_servers.os_name: os_name
-- field: estate.package_servers.agent_version: agent, version
-- field: estate.package_servers.task_service: agent
-- object: vSiteServices: Guid, Host Name, Primary DNS Suffix (P)
-- object: Inv_AeX_AC_Identification: _ResourceGuid, OS Name (P)
-- object: Inv_AeX_AC_Client_Agent: _ResourceGuid, Agent Name, Product Version (P)
-- value: Altiris Agent (P): name of the core agent
-- value: an agent name with Package Server in it (R): the package service
-- value: an agent name with Task Server in it (R): the task service
SELECT
    ss.[Guid] AS [guid],
    ss.[Host Name] AS [name],
    ss.[Primary DNS Suffix] AS [dns_suffix],
    id.[OS Name] AS [os_name],
    CASE
        WHEN ag.[Agent Name] = 'Altiris Agent' THEN 'core'
        WHEN ag.[Agent Name] LIKE '%Package Server%' THEN 'package'
        WHEN ag.[Agent Name] LIKE '%Task Server%' THEN 'task'
    END AS [agent],
    ag.[Product Version] AS [version]
FROM [vSiteServices] ss
LEFT JOIN [Inv_AeX_AC_Identification] id
    ON id.[_ResourceGuid] = ss.[Guid]
LEFT JOIN [Inv_AeX_AC_Client_Agent] ag
    ON ag.[_ResourceGuid] = ss.[Guid]
    AND (
        ag.[Agent Name] = 'Altiris Agent'
        OR ag.[Agent Name] LIKE '%Package Server%'
        OR ag.[Agent Name] LIKE '%Task Server%'
    )
