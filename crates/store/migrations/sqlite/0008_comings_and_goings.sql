-- Who came and who went with the runs of the last weeks: an old file takes them back.
CREATE INDEX roster_change_people ON roster_change (district, run_number, kind, number, operation)
WHERE kind IN ('student', 'teacher') AND operation IN ('create', 'deactivate', 'reactivate');
