-- section: sites
-- fills: the sites
-- column: guid: the site
-- column: name: its name
-- object: vRM_Site_Item: Guid, Name (I)
SELECT
    si.[Guid] AS [guid],
    si.[Name] AS [name]
FROM [vRM_Site_Item] si
