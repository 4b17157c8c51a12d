-- Who went and who came back with the runs of the last weeks: an old file undoes that.
CREATE INDEX roster_change_people ON roster_change (district, run_number, kind, number, operation)
WHERE kind IN ('student', 'teacher') AND operation IN ('deactivate', 'reactivate');
