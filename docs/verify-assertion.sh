#!/usr/bin/env bash
# Checks the answer to a login with openssl and jq alone: docs/verify-in-shell.md tells what each step is for.
# verify-assertion.sh REQUEST ASSERTION CONFIG: two files, and a folder with client_id, origins, hosts, levels,
# anchors.pem, issuers/LEVEL-NAME.pem and nonces/. Prints who signed in; ends with 1 for an answer that does not hold.
set -euo pipefail
export LC_ALL=C
refuse() { echo "refused: $1" >&2; exit 1; }
[ $# -eq 3 ] || { echo "usage: $0 REQUEST ASSERTION CONFIG" >&2; exit 2; }
request=$(cat "$1") assertion=$(cat "$2") config=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
now=$(date +%s)

# 1. Three parts of base64url.
decode() {
  local text=${1//-/+}
  text=${text//_//}
  while ((${#text} % 4 != 0)); do text+='='; done
  printf '%s' "$text" | base64 -d
}
[ ${#assertion} -le 65536 ] || refuse size
[[ $assertion =~ ^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$ ]] || refuse format
IFS=. read -r header payload signature <<<"$assertion"
decode "$header" >"$work/header" 2>/dev/null || refuse header
decode "$payload" >"$work/claims" 2>/dev/null || refuse claims
decode "$signature" >"$work/signature" 2>/dev/null || refuse signature-format
decode "$(cut -d. -f2 <<<"$request")" >"$work/asked"

# 2. The header: exactly these members, and only the leaf of x5c counts.
jq -e 'type == "object" and keys == ["alg", "typ", "x5c"] and .typ == "kort-assertion+jwt"
  and (.alg | IN("RS256", "PS256", "ES256", "ES384"))
  and (.x5c | type == "array" and length >= 1 and length <= 4 and all(type == "string"))' \
  "$work/header" >/dev/null 2>&1 || refuse header
algorithm=$(jq -r .alg "$work/header")
jq -j '.x5c[0]' "$work/header" | base64 -d >"$work/leaf.der" 2>/dev/null || refuse x5c
openssl x509 -inform DER -in "$work/leaf.der" -out "$work/leaf.pem" 2>/dev/null || refuse certificate
openssl x509 -in "$work/leaf.pem" -noout -pubkey >"$work/key.pem"

# 3. The algorithm fits the key.
key=$(openssl pkey -pubin -in "$work/key.pem" -noout -text)
bits=$(sed -n 's/.*Public-Key: (\([0-9]*\) bit).*/\1/p' <<<"$key")
case $algorithm in
  RS256 | PS256) grep -q '^Modulus:' <<<"$key" && ((bits >= 2048)) || refuse algorithm ;;
  ES256) grep -q 'ASN1 OID: prime256v1' <<<"$key" || refuse algorithm ;;
  ES384) grep -q 'ASN1 OID: secp384r1' <<<"$key" || refuse algorithm ;;
esac

# 4. A path to an anchor through a configured person-issuing CA, which is found by its key.
issuer=
for candidate in "$config"/issuers/*.pem; do
  openssl verify -x509_strict -partial_chain -no-CAfile -no-CApath -no-CAstore -trusted "$candidate" \
    "$work/leaf.pem" >/dev/null 2>&1 || continue
  openssl verify -x509_strict -no-CApath -no-CAstore -CAfile "$config/anchors.pem" "$candidate" >/dev/null 2>&1 || continue
  issuer=$candidate
done
[ -n "$issuer" ] || refuse certificate-path

# 5. A certificate for logins: digitalSignature alone, clientAuth, no CA.
extensions=$(openssl x509 -in "$work/leaf.pem" -noout -ext basicConstraints,keyUsage,extendedKeyUsage,certificatePolicies 2>/dev/null)
grep -q 'Digital Signature' <<<"$extensions" || refuse key-usage
grep -q 'TLS Web Client Authentication' <<<"$extensions" || refuse key-usage
! grep -qE 'Non Repudiation|Certificate Sign|CA:TRUE' <<<"$extensions" || refuse key-usage

# 6. The signature over "header.payload". JWS has ECDSA as r and s one after the other; openssl wants DER.
printf '%s' "$header.$payload" >"$work/input"
digest=-sha256 options=()
case $algorithm in
  PS256) options=(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32) ;;
  ES256 | ES384)
    [ "$algorithm" = ES256 ] && half=64 || { half=96 digest=-sha384; }
    hex=$(od -An -v -tx1 "$work/signature" | tr -d ' \n')
    [ ${#hex} -eq $((2 * half)) ] || refuse signature
    printf 'asn1=SEQUENCE:rs\n[rs]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' "${hex:0:half}" "${hex:half}" >"$work/rs"
    openssl asn1parse -genconf "$work/rs" -noout -out "$work/signature" || refuse signature
    ;;
esac
openssl dgst "$digest" -verify "$work/key.pem" "${options[@]}" -signature "$work/signature" "$work/input" \
  >/dev/null 2>&1 || refuse signature

# 7. The claims have the right types; the answer is meant for us, and for exactly this request.
jq -e '([.iss, .aud, .nonce, .jti, .acr, .sub, .launcher, .request_hash] | all(type == "string" and . != ""))
  and ([.iat, .exp, .auth_time] | all(type == "number" and . == floor)) and (.bound | type == "boolean")' \
  "$work/claims" >/dev/null 2>&1 || refuse claims
claim() { jq -r ".$1" "$work/claims"; }
[ "$(claim iss)" = urn:kort:client ] || refuse iss
[ "$(claim aud)" = "$(cat "$config/client_id")" ] || refuse audience
hash=$(printf '%s' "$request" | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d '=')
[ "$(claim request_hash)" = "$hash" ] || refuse request

# 8. The nonce: that of the request, and once. Whoever can remove the file was the first.
nonce=$(claim nonce)
[ "$nonce" = "$(jq -r .nonce "$work/asked")" ] || refuse nonce
[[ $nonce =~ ^[A-Za-z0-9_-]{22,128}$ ]] && rm "$config/nonces/$nonce" 2>/dev/null || refuse nonce

# 9. How it was started: launcher, browser, origin.
jq -e --slurpfile asked "$work/asked" '.launcher as $l | $asked[0].launchers | index($l) != null' "$work/claims" >/dev/null ||
  refuse launcher
[ "$(claim bound)" = true ] || refuse unbound
case $(claim launcher) in
  page | redirect) jq -e '.origin | type == "string"' "$work/claims" >/dev/null && grep -Fxq -- "$(claim origin)" "$config/origins" || refuse origin ;;
  *) jq -e 'has("origin") | not' "$work/claims" >/dev/null || refuse origin ;;
esac

# 10. Times: age by our own clock; those of the other computer can only rule out.
jq -e --argjson now "$now" --slurpfile asked "$work/asked" '$asked[0].iat as $made
  | ($now - $made <= 660) and (.iat <= $now + 60) and (.iat >= $made - 60) and (.exp >= $now - 60)
  and (.exp - .iat <= 180) and (.auth_time <= .iat) and (.auth_time >= $made - 60)' "$work/claims" >/dev/null || refuse time

# 11. Level and person, by the certificate. A policy wins over the issuer; of several, the lowest.
level=$(basename "$issuer")
level=${level%%-*}
named=$(while read -r oid policy; do
  grep -qxE " *Policy: ${oid//./\\.}" <<<"$extensions" && echo "$policy"
done <"$config/levels" | sort -n | head -n 1) || true
level=${named:-$level}
acr=http://id.sambi.se/loa/loa$level
jq -e --arg acr "$acr" '.acr_values | index($acr) != null' "$work/asked" >/dev/null || refuse level
person=$(openssl x509 -in "$work/leaf.pem" -noout -subject -nameopt multiline,utf8,-esc_msb | sed -n 's/^ *serialNumber *= //p')
[ -n "$person" ] && [ "$(claim sub)" = "$person" ] && [ "$(claim acr)" = "$acr" ] || refuse identity
jq -e --arg person "$person" '.user == null or .user == $person' "$work/asked" >/dev/null || refuse identity

# 12. Revocation, last: only now are addresses in certificates believed, and only those on listed hosts are called.
good() {
  local url host
  url=$(openssl x509 -in "$1" -noout -ocsp_uri | head -n 1)
  [[ $url =~ ^https?://([A-Za-z0-9.-]+(:[0-9]+)?)(/|$) ]] || return 1
  host=${BASH_REMATCH[1]}
  grep -Fxq -- "$host" "$config/hosts" || return 1
  openssl ocsp -issuer "$2" -cert "$1" -url "$url" -timeout 5 -CAfile "$config/anchors.pem" -verify_other "$2" \
    -validity_period 60 >"$work/ocsp" 2>&1 || return 1
  # An answer that names no end could be replayed for ever.
  grep -q '^Response verify OK' "$work/ocsp" && grep -Fxq -- "$1: good" "$work/ocsp" &&
    grep -q '^[[:space:]]*Next Update:' "$work/ocsp" &&
    ! grep -q 'WARNING: Status times invalid' "$work/ocsp"
}
good "$work/leaf.pem" "$issuer" || refuse revocation
good "$issuer" "$config/anchors.pem" || refuse revocation-of-the-issuer

jq -n --arg person "$person" --arg acr "$acr" --arg order "$(claim jti)" '{person: $person, acr: $acr, order: $order}'
