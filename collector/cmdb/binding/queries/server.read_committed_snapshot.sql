-- section: server.read_committed_snapshot
-- fills: whether the CMDB has READ_COMMITTED_SNAPSHOT on
-- column: read_committed_snapshot: 1 where it is on
-- field: estate.server.read_committed_snapshot: read_committed_snapshot
-- parameter: database: name of the CMDB
-- object: sys.databases: name, is_read_committed_snapshot_on (P)
SELECT
    db.[is_read_committed_snapshot_on] AS [read_committed_snapshot]
FROM [sys].[databases] db
WHERE db.[name] = @database
