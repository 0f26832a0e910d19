-- section: package_servers.constrained
-- fills: whether each package server is constrained
-- column: guid: the package server
-- column: constrained: 1 where it is
-- field: estate.package_servers.constrained: constrained
-- object: SWDPackageServerSettings: PkgSvrId, Constrained (R)
SELECT
    ps.[PkgSvrId] AS [guid],
    ps.[Constrained] AS [constrained]
FROM [SWDPackageServerSettings] ps
