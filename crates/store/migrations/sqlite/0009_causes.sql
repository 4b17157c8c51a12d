-- Who changed what, when and why: entries are added, and never changed or removed. The actor is JSON. The hash is that of the entry
-- and of the hash before it. District 0 is the whole installation.
CREATE TABLE audit_entry (
  district BIGINT NOT NULL,
  number BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  details TEXT NOT NULL,
  roster_version BIGINT,
  hash TEXT NOT NULL,
  PRIMARY KEY (district, number)
) WITHOUT ROWID;

-- The last entry of each audit log.
CREATE TABLE audit_head (
  district BIGINT NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL,
  hash TEXT NOT NULL
) WITHOUT ROWID;

-- What happened, as JSON with ids and no names of people.
CREATE TABLE event (
  district BIGINT NOT NULL,
  number BIGINT NOT NULL,
  at BIGINT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (district, number)
) WITHOUT ROWID;

-- The number of a district's last event.
CREATE TABLE event_head (
  district BIGINT NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL
) WITHOUT ROWID;

-- What led to each version of the roster: the run or undo under whose number it is logged, and the entry of the audit log that says
-- who and why. The first change set of a run is what was applied at once, later ones are what was held.
CREATE TABLE change_set (
  district BIGINT NOT NULL,
  version BIGINT NOT NULL,
  run_number BIGINT NOT NULL,
  audit_number BIGINT NOT NULL,
  is_first BOOLEAN NOT NULL,
  PRIMARY KEY (district, version)
) WITHOUT ROWID;

-- The version in which something was created that was held first. What a run created at once has the version of the run's first change set.
CREATE TABLE late_creation (
  district BIGINT NOT NULL,
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  person INTEGER NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (district, kind, number, person)
) WITHOUT ROWID;
CREATE INDEX late_creation_of_version ON late_creation (district, version);
CREATE INDEX roster_change_of_version ON roster_change (district, kind, version);

-- From which version of the roster on every change is known with its version.
ALTER TABLE district ADD COLUMN changes_since BIGINT NOT NULL DEFAULT 0;
UPDATE district SET changes_since = roster_version;

-- Who asked for a run, and why, as JSON; NULL for runs of an earlier version.
ALTER TABLE run ADD COLUMN requested_by TEXT;

-- Of waiting jobs with the same key a district has one. The index of before stays for nodes of the version before.
ALTER TABLE job ADD COLUMN dedup_key TEXT;
UPDATE job SET dedup_key = 'run ' || (payload ->> '$.run') WHERE kind = 'run' AND state = 'waiting';
UPDATE job SET dedup_key = 'settle' WHERE kind = 'settle' AND state = 'waiting';
CREATE UNIQUE INDEX job_one_waiting ON job (district, dedup_key) WHERE state = 'waiting' AND dedup_key IS NOT NULL;

-- How often a job has failed; `attempts` also counts starts that a stop or a crash cut short.
ALTER TABLE job ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;

-- Of jobs that are due those with the highest priority are started first.
ALTER TABLE job ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
