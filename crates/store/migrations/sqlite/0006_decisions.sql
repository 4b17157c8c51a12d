-- When an operator changed the settings last: a file that waits for a decision is planned anew after that.
ALTER TABLE district ADD COLUMN settings_changed_at BIGINT NOT NULL DEFAULT 0;

-- Proposals that wait for a decision, whichever run made them, as JSON. An entity has at most one: the last that was made.
CREATE TABLE pending_proposal (
  district BIGINT NOT NULL,
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  proposal TEXT NOT NULL,
  PRIMARY KEY (district, kind, number)
) WITHOUT ROWID;

-- Those of holds that an earlier version left.
INSERT INTO pending_proposal (district, kind, number, proposal)
SELECT r.district, substr(p.value ->> 'id', 1, instr(p.value ->> 'id', '-') - 1),
  CAST(substr(p.value ->> 'id', instr(p.value ->> 'id', '-') + 1) AS INTEGER), p.value
FROM run r, json_each(r.report, '$.rekeys') p WHERE r.kind = 'live' AND r.state = 'held';

-- What people decided about a stored entity and a record of a file: whether both are the same. The key is as in the file, the name
-- without case and accents.
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
