#!/bin/sh
# Regenerates the files of this folder with GnuPG 2.2 or 2.4; README.md describes them. The keys of the district and the
# stranger are new each time; only these files depend on them.
set -eu
cd "$(dirname "$0")"
(cd ../../../.. && cargo run --quiet -p homeroom-read --example openpgp_key -- crates/read/tests/openpgp)
GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
gpg() { command gpg --batch --yes --quiet --trust-model always --no-emit-version --faked-system-time 20260201T120000 "$@"; }

gpg --import homeroom.public.asc
key() { gpg --passphrase '' --quick-generate-key "The $1 (test) <$1@school.example>" "$2" "$3" never; }
key district ed25519 sign
key stranger ed25519 sign
key other rsa2048 default
gpg --quick-add-key --passphrase '' "$(gpg --with-colons --list-keys other@school.example | awk -F: '/^fpr/ {print $10; exit}')" rsa2048 encr never
gpg --armor --export district@school.example > district.public.asc
gpg --export district@school.example stranger@school.example > two.public.pgp

out() { name=$1; shift; gpg --output "$name" "$@"; }
us='--recipient roster@homeroom.example'
out encrypted.pgp $us --encrypt roster.csv
out uncompressed.pgp $us --compress-algo none --encrypt roster.csv
out zip_compressed.pgp $us --compress-algo zip --encrypt roster.csv
out bzip2_compressed.pgp $us --compress-algo bzip2 --encrypt roster.csv
out armored.asc $us --armor --encrypt roster.csv
out signed.pgp $us --local-user district@school.example --sign --encrypt roster.csv
out signed_armored.asc $us --local-user district@school.example --armor --textmode --sign --encrypt roster.csv
out wrong_signer.pgp $us --local-user stranger@school.example --sign --encrypt roster.csv
out two_signers.pgp $us --local-user stranger@school.example --local-user district@school.example --sign --encrypt roster.csv
out signed_only.pgp --local-user district@school.example --sign roster.csv
out other_recipient.pgp --recipient other@school.example --encrypt roster.csv
out two_recipients.pgp --recipient other@school.example $us --encrypt roster.csv
out hidden_recipient.pgp --hidden-recipient roster@homeroom.example --encrypt roster.csv
out password.pgp --pinentry-mode loopback --passphrase secret --symmetric roster.csv
out password_or_key.pgp --pinentry-mode loopback --passphrase secret $us --symmetric --encrypt roster.csv
gzip --no-name --stdout roster.csv > "$GNUPGHOME/roster.csv.gz"
out gzip_inside.pgp $us --local-user district@school.example --sign --encrypt "$GNUPGHOME/roster.csv.gz"
python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED).write("roster.csv")' "$GNUPGHOME/roster.zip"
out zip_inside.pgp $us --local-user district@school.example --sign --encrypt "$GNUPGHOME/roster.zip"
out zip_inside_wrong_signer.pgp $us --local-user stranger@school.example --sign --encrypt "$GNUPGHOME/roster.zip"
out message_inside.pgp $us --encrypt encrypted.pgp
out clear_signed.asc --local-user district@school.example --clear-sign roster.csv
out detached.sig --local-user district@school.example --detach-sign roster.csv
out detached.asc --local-user district@school.example --armor --detach-sign roster.csv
gpg --pinentry-mode loopback --passphrase secret --quick-generate-key 'locked (test) <locked@school.example>' ed25519 sign never
out locked.secret.asc --armor --pinentry-mode loopback --passphrase secret --export-secret-keys locked@school.example
chmod 644 ./*.asc ./*.pgp ./*.sig
# GnuPG makes a revocation with each key, disarmed by a colon.
sed 's/^:---/---/' "$GNUPGHOME/openpgp-revocs.d/$(gpg --with-colons --list-keys stranger@school.example | awk -F: '/^fpr/ {print $10; exit}').rev" | command gpg --batch --quiet --import
gpg --armor --export stranger@school.example > revoked.public.asc
