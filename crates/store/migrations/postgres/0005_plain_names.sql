-- Names that say what they hold: `id` for a UUID, `number` for a number within the district, and tables whose names the web
-- console and sign-in need are freed.

ALTER TABLE account RENAME TO drop_account;
ALTER TABLE drop_account RENAME COLUMN account TO number;
ALTER TABLE account_key RENAME TO drop_account_key;
ALTER TABLE profile RENAME TO file_profile;
ALTER TABLE district_key RENAME TO openpgp_key;
ALTER TABLE signing_key RENAME TO openpgp_signer;
ALTER TABLE upload RENAME COLUMN upload TO id;
ALTER TABLE job RENAME COLUMN job TO id;
ALTER TABLE run RENAME COLUMN run TO id;
ALTER TABLE pin RENAME COLUMN pin TO number;
ALTER TABLE former_key RENAME COLUMN run TO run_number;
ALTER TABLE roster_change RENAME COLUMN run TO run_number;

ALTER INDEX account_user_name RENAME TO drop_account_user_name;
ALTER INDEX roster_change_of_thing RENAME TO roster_change_of_entity;
ALTER INDEX account_pkey RENAME TO drop_account_pkey;
ALTER INDEX account_key_pkey RENAME TO drop_account_key_pkey;
ALTER INDEX profile_pkey RENAME TO file_profile_pkey;
ALTER INDEX district_key_pkey RENAME TO openpgp_key_pkey;
ALTER INDEX signing_key_pkey RENAME TO openpgp_signer_pkey;

-- The profile has changed since the file was applied: -1 until now.
UPDATE district SET applied_version = NULL WHERE applied_version < 0;
