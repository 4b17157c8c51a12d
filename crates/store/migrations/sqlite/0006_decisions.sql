-- When an operator changed the settings last: a file that waits for a decision is planned anew after that.
ALTER TABLE district ADD COLUMN settings_changed_at BIGINT NOT NULL DEFAULT 0;

-- Proposals that wait for a decision, whichever run made them: `proposal` is its JSON, `key` the key in the file.
CREATE TABLE pending_proposal (
  district BIGINT NOT NULL,
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  key TEXT NOT NULL,
  proposal TEXT NOT NULL,
  PRIMARY KEY (district, kind, number, key)
) WITHOUT ROWID;

-- What people decided about a stored entity and a record of a file: whether both are the same. Key and name are as in the file,
-- but for case and accents.
CREATE TABLE decided_pair (
  district BIGINT NOT NULL,
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  same BOOLEAN NOT NULL,
  decided_at BIGINT NOT NULL,
  PRIMARY KEY (district, kind, number, key, name)
) WITHOUT ROWID;
