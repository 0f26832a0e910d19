-- section: sites
-- fills: the sites
-- column: guid: the site
-- column: name: its name
-- field: estate.sites.guid: guid
-- field: estate.sites.name: name
-- object: vRM_Site_Item: Guid, Name (I)
SELECT
    si.[Guid] AS [guid],
    si.[Name] AS [name]
FROM [vRM_Site_Item] si
