-- section: clients.addresses
-- fills: addresses of each client, the primary one first
-- column: key: the computer
-- column: address: IPv4 address
-- column: mask: its subnet mask
-- column: primary: 1 where vComputer names this address
-- field: input.addresses: address, mask, primary
-- object: Inv_AeX_AC_TCPIP: _ResourceGuid, Subnet Mask (P); IP Address (R)
-- object: vComputer: Guid (A); IP Address (P)
SELECT
    ip.[_ResourceGuid] AS [key],
    ip.[IP Address] AS [address],
    ip.[Subnet Mask] AS [mask],
    CASE WHEN vc.[IP Address] = ip.[IP Address] THEN 1 ELSE 0 END AS [primary]
FROM [Inv_AeX_AC_TCPIP] ip
LEFT JOIN [vComputer] vc
    ON vc.[Guid] = ip.[_ResourceGuid]
ORDER BY ip.[_ResourceGuid]
