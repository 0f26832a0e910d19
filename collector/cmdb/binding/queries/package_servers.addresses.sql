-- section: package_servers.addresses
-- fills: addresses of each package server
-- column: guid: the computer
-- column: address: IPv4 address
-- column: mask: its subnet mask
-- field: estate.package_servers.addresses: address, mask
-- object: vSiteServices: Guid (P)
-- object: Inv_AeX_AC_TCPIP: _ResourceGuid, Subnet Mask (P); IP Address (R)
SELECT
    ss.[Guid] AS [guid],
    ip.[IP Address] AS [address],
    ip.[Subnet Mask] AS [mask]
FROM [vSiteServices] ss
JOIN [Inv_AeX_AC_TCPIP] ip
    ON ip.[_ResourceGuid] = ss.[Guid]
