-- What the last runs removed: the fuses count it together with what a file would remove.
CREATE INDEX roster_change_removed ON roster_change (district, run_number, kind, number) WHERE operation = 'deactivate';

-- Whether a file was applied before.
CREATE INDEX upload_blob ON upload (district, blob);
