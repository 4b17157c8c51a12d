#!/bin/sh
# pg_sync.sh validate URL FILE | sync URL FILE DISTRICT | init URL   (URL: postgres://USER@HOST:PORT/DATABASE)
here=$(dirname "$0")
case $1 in
 init) psql -q -d "$2" -f "$here/pg_schema.sql";;
 validate) psql -q -At -d "$2" -v ON_ERROR_STOP=1 -v file="$3" -c 'BEGIN' -f "$here/pg_validate.sql" -c ROLLBACK;;
 sync) psql -q -At -d "$2" -v file="$3" -v d="$4" -f "$here/pg_sync.sql";;
esac
