-- How a district's files are read; every version is kept, the newest counts.
CREATE TABLE profile (
  district BIGINT NOT NULL,
  version BIGINT NOT NULL,
  profile TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (district, version)
);

-- The OpenPGP key that a district encrypts its files to.
CREATE TABLE district_key (
  district BIGINT NOT NULL PRIMARY KEY,
  secret_key TEXT NOT NULL,
  public_key TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- OpenPGP keys that a district signs its files with.
CREATE TABLE signing_key (
  district BIGINT NOT NULL,
  fingerprint TEXT NOT NULL,
  public_key TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (district, fingerprint)
);

-- Uploads that were packed together: a roster in several files arrives one by one, and is read as one upload.
CREATE TABLE upload_part (
  district BIGINT NOT NULL,
  upload UUID NOT NULL,
  part_of UUID NOT NULL,
  PRIMARY KEY (district, upload)
);
