-- Every table of a district begins its primary key with the district's id.
-- Times are milliseconds since 1970-01-01 UTC. The same names and types as in ../postgres; a test compares them.

CREATE TABLE district (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  slug TEXT NOT NULL CONSTRAINT district_slug UNIQUE,
  name TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  seats BIGINT NOT NULL,
  apps TEXT NOT NULL,
  mode TEXT NOT NULL,
  at TEXT NOT NULL,
  file TEXT NOT NULL,
  stage TEXT NOT NULL,
  policy TEXT NOT NULL,
  roster_version BIGINT NOT NULL DEFAULT 0,
  last_run BIGINT NOT NULL DEFAULT 0,
  applied_run BIGINT,
  applied_rows BIGINT,
  applied_blob TEXT,
  applied_version BIGINT,
  created_at BIGINT NOT NULL
);

CREATE TABLE account (
  district BIGINT NOT NULL,
  account BIGINT NOT NULL,
  user_name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  disabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (district, account)
);
CREATE UNIQUE INDEX account_user_name ON account (user_name);

CREATE TABLE account_key (
  district BIGINT NOT NULL,
  account BIGINT NOT NULL,
  fingerprint TEXT NOT NULL,
  public_key TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (district, account, fingerprint)
);

CREATE TABLE drop_file (
  district BIGINT NOT NULL,
  account BIGINT NOT NULL,
  path TEXT NOT NULL,
  kind TEXT NOT NULL,
  blob TEXT,
  staging TEXT,
  bytes BIGINT NOT NULL,
  modified_at BIGINT NOT NULL,
  PRIMARY KEY (district, account, path)
);

CREATE TABLE upload (
  district BIGINT NOT NULL,
  upload UUID NOT NULL,
  account BIGINT,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  blob TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (district, upload)
);
CREATE INDEX upload_received ON upload (district, received_at);

CREATE TABLE activity (
  district BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL
);

CREATE TABLE job (
  district BIGINT NOT NULL,
  job UUID NOT NULL,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  exclusive BOOLEAN NOT NULL,
  state TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  worker TEXT,
  lease_until BIGINT,
  error TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (district, job)
);
CREATE INDEX job_due ON job (state, run_at);
CREATE UNIQUE INDEX job_one_exclusive_running ON job (district) WHERE state = 'running' AND exclusive;
CREATE UNIQUE INDEX job_one_settle_waiting ON job (district) WHERE state = 'waiting' AND kind = 'settle';

CREATE TABLE run (
  district BIGINT NOT NULL,
  number BIGINT NOT NULL,
  run UUID NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  upload UUID NOT NULL,
  report TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  PRIMARY KEY (district, number)
);
CREATE UNIQUE INDEX run_id ON run (run);

CREATE TABLE school (
  district BIGINT NOT NULL,
  number INTEGER NOT NULL,
  id UUID NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  created_run INTEGER NOT NULL,
  changed_run INTEGER NOT NULL,
  PRIMARY KEY (district, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX school_active_key ON school (district, key) WHERE active;

CREATE TABLE class (
  district BIGINT NOT NULL,
  number INTEGER NOT NULL,
  id UUID NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  school INTEGER NOT NULL,
  active BOOLEAN NOT NULL,
  created_run INTEGER NOT NULL,
  changed_run INTEGER NOT NULL,
  PRIMARY KEY (district, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX class_active_key ON class (district, key) WHERE active;

CREATE TABLE teacher (
  district BIGINT NOT NULL,
  number INTEGER NOT NULL,
  id UUID NOT NULL,
  sis_id TEXT NOT NULL,
  email TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  clever_id TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  created_run INTEGER NOT NULL,
  changed_run INTEGER NOT NULL,
  PRIMARY KEY (district, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX teacher_active_email ON teacher (district, email) WHERE active AND email <> '';
CREATE UNIQUE INDEX teacher_active_sis_id ON teacher (district, sis_id) WHERE active AND sis_id <> '';

CREATE TABLE student (
  district BIGINT NOT NULL,
  number INTEGER NOT NULL,
  id UUID NOT NULL,
  sis_id TEXT NOT NULL,
  email TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  clever_id TEXT NOT NULL,
  username TEXT NOT NULL,
  grade TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  created_run INTEGER NOT NULL,
  changed_run INTEGER NOT NULL,
  PRIMARY KEY (district, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX student_active_email ON student (district, email) WHERE active AND email <> '';
CREATE UNIQUE INDEX student_active_sis_id ON student (district, sis_id) WHERE active AND sis_id <> '';

CREATE TABLE teaching (
  district BIGINT NOT NULL,
  class INTEGER NOT NULL,
  teacher INTEGER NOT NULL,
  active BOOLEAN NOT NULL,
  created_run INTEGER NOT NULL,
  changed_run INTEGER NOT NULL,
  PRIMARY KEY (district, class, teacher)
) WITHOUT ROWID;

CREATE TABLE enrollment (
  district BIGINT NOT NULL,
  class INTEGER NOT NULL,
  student INTEGER NOT NULL,
  active BOOLEAN NOT NULL,
  created_run INTEGER NOT NULL,
  changed_run INTEGER NOT NULL,
  PRIMARY KEY (district, class, student)
) WITHOUT ROWID;

-- Keys that something had before: old addresses and SIS numbers, remembered for ever.
CREATE TABLE former_key (
  district BIGINT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  number INTEGER NOT NULL,
  run INTEGER NOT NULL,
  PRIMARY KEY (district, kind, key, number)
) WITHOUT ROWID;

-- What a run changed, with the values before. What it created is known by created_run.
CREATE TABLE roster_change (
  district BIGINT NOT NULL,
  run INTEGER NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  person INTEGER NOT NULL,
  operation TEXT NOT NULL,
  changed_before INTEGER NOT NULL,
  before TEXT,
  PRIMARY KEY (district, run, position)
) WITHOUT ROWID;
