-- section: subnets
-- fills: the subnets
-- column: guid: the subnet
-- column: cidr: the network in CIDR notation, which is the subnet's name
-- field: estate.subnets.guid: guid
-- field: estate.subnets.cidr: cidr
-- object: vRM_Subnet_Item: Guid, Name (I)
SELECT
    sn.[Guid] AS [guid],
    sn.[Name] AS [cidr]
FROM [vRM_Subnet_Item] sn
