-- Changes made by hand that syncs must not undo.
CREATE TABLE pin (
  district BIGINT NOT NULL,
  pin BIGINT NOT NULL,
  what TEXT NOT NULL,
  owner TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_day TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  removed_at BIGINT,
  PRIMARY KEY (district, pin)
);

-- Districts whose licence is exceeded, and since which day.
CREATE TABLE seats_over (
  district BIGINT NOT NULL PRIMARY KEY,
  since TEXT NOT NULL
);
