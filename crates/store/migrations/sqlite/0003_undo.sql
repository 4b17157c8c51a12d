-- One row for each undo, and for each undo of an undo: they take numbers as runs do. What it took back is a run or an undo.
CREATE TABLE undo (
  district BIGINT NOT NULL,
  number INTEGER NOT NULL,
  of_run INTEGER NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (district, number)
) WITHOUT ROWID;

-- The roster's version that a change led to, and its time; 0 in entries of before.
ALTER TABLE roster_change ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE roster_change ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX roster_change_of_thing ON roster_change (district, kind, number, person);

-- Undos of before: numbers in the log that are no run's. They took back things only that no later run had changed, so that
-- the run that had changed these things last is the one that was taken back. Its report knows when.
INSERT INTO undo (district, number, of_run, at)
SELECT c.district, c.run, max(c.changed_before), 0 FROM roster_change c
WHERE NOT EXISTS (SELECT 1 FROM run r WHERE r.district = c.district AND r.number = c.run)
GROUP BY c.district, c.run;
