#!/bin/bash
# Makes the certificates of this folder anew.
set -e
cd "$(dirname "$0")"
issue() {  # file, subject, names, further arguments
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" -keyout key.tmp -out request.tmp 2>/dev/null
    openssl x509 -req -in request.tmp -CA authority.pem -CAkey authority-key.tmp -CAcreateserial -days 36500 -sha256 \
        -extfile <(echo "subjectAltName=$3"; echo "basicConstraints=CA:FALSE") -out certificate.tmp 2>/dev/null
    cat key.tmp certificate.tmp >"$1"
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj "/CN=Authority of the tests" \
    -keyout authority-key.tmp -out authority.pem 2>/dev/null
issue localhost.pem localhost DNS:localhost,DNS:api.example.org
issue renewed.pem localhost DNS:localhost,DNS:api.example.org
issue wildcard.pem other.example 'DNS:*.example.net'
cp key.tmp wildcard-key.pem
cp certificate.tmp wildcard.pem
issue client.pem client DNS:client.example
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj "/CN=stranger" \
    -keyout key.tmp -out certificate.tmp 2>/dev/null
cat key.tmp certificate.tmp >stranger.pem
openssl req -x509 -newkey rsa:2048 -nodes -days 36500 -subj "/CN=rsa.example" -keyout key.tmp -out certificate.tmp 2>/dev/null
cat key.tmp certificate.tmp >rsa.pem
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" -keyout key.tmp -out request.tmp 2>/dev/null
mkdir -p ca.tmp && : >ca.tmp/index && echo 01 >ca.tmp/serial
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=ca.tmp/index\nserial=ca.tmp/serial\nnew_certs_dir=ca.tmp\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n' >ca.tmp/config
openssl ca -batch -config ca.tmp/config -cert authority.pem -keyfile authority-key.tmp -notext -in request.tmp \
    -startdate 20010101000000Z -enddate 20011231235959Z -out certificate.tmp 2>/dev/null
cat key.tmp certificate.tmp >expired.pem
openssl ec -in localhost.pem -aes256 -passout pass:secret -out encrypted-key.pem 2>/dev/null
rm -rf ./*.tmp authority.srl
