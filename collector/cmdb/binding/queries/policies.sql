-- section: policies
-- fills: the policies that bring the plug-in and the assessment scan to clients
-- column: guid: the policy
-- column: name: display name
-- column: role: what it is for
-- column: enabled: 1 where it is on
-- column: state: settings as XML, of which only the nodes below are read
-- field: estate.policies.guid: guid
-- field: estate.policies.name: name
-- field: estate.policies.role: role
-- field: estate.policies.enabled: enabled
-- field: estate.policies.schedules: state
-- xpath: triggers (I): //schedule/trigger
-- xpath: type (P): @type
-- xpath: repetition (P): @repetition
-- object: vItem: Guid, Name, State (P)
-- object: ItemActive: Guid, Enabled (P)
-- object: ItemClass: Guid (P); ClassGuid (R)
-- object: Class: Guid, Type (P)
-- value: Software Update Plug-in Install (R): name of the plug-in's install policy
-- value: Microsoft Vulnerability Analysis Policy (A): name of the scan policy in 7.x
-- value: Windows System Assessment Scan (P): name of the scan policy in 8.x
-- value: Altiris.PatchManagementCore.Policies.PatchAgentPolicy (P): type of plug-in policies
SELECT
    po.[Guid] AS [guid],
    po.[Name] AS [name],
    CASE
        WHEN cl.[Type] LIKE 'Altiris.PatchManagementCore.Policies.PatchAgentPolicy%' THEN 'plugin_policy'
        WHEN po.[Name] = 'Software Update Plug-in Install' THEN 'plugin_install'
        ELSE 'vulnerability_analysis'
    END AS [role],
    ia.[Enabled] AS [enabled],
    po.[State] AS [state]
FROM [vItem] po
LEFT JOIN [ItemActive] ia
    ON ia.[Guid] = po.[Guid]
LEFT JOIN [ItemClass] ic
    ON ic.[Guid] = po.[Guid]
LEFT JOIN [Class] cl
    ON cl.[Guid] = ic.[ClassGuid]
WHERE
    po.[Name] IN (
        'Software Update Plug-in Install',
        'Microsoft Vulnerability Analysis Policy',
        'Windows System Assessment Scan'
    )
    OR cl.[Type] LIKE 'Altiris.PatchManagementCore.Policies.PatchAgentPolicy%'
