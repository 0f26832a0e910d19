-- section: patch_import.newest_bulletin_at
-- fills: release date of the newest bulletin, and its age
-- column: newest: the date
-- field: estate.patch_import.newest_bulletin_at: newest
-- field: estate.patch_import.newest_bulletin_age_days: newest
-- object: Inv_Software_Bulletin: FirstReleaseDate (P)
SELECT
    MAX(sb.[FirstReleaseDate]) AS [newest]
FROM [Inv_Software_Bulletin] sb
