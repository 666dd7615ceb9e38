// Where a package says another thing about a golden vector than the exchange, and why. All of these are packages that
// take more than the profile: the profile is narrower than its RFCs, and a client must check the difference itself.
// `vectors` is matched against "file/name code". check_vectors.mjs fails on a difference that is not here, and on an
// entry here without a vector.

const differ = (who, vectors, why) => ({ who, said: 'accepted', vectors, why })

export const REASONS = [
  // ---- jose ----
  differ('jose', / (wrong-typ|wrong-exchange|wrong-purpose|bad-notice|bad-query|part-missing|\S+-disclosure)$/,
    'It verifies the signature over the bytes. What the payload says, what stands behind it, what the typ is and what a key is for, is left to the caller.'),
  differ('jose', / bad-json$/,
    'It gives the payload back as bytes, without reading it. The header it reads with JSON.parse (the last of two members wins), after TextDecoder has taken a byte order mark away.'),
  differ('jose', /\/header\/.* bad-jws$/,
    'RFC 7515 lets a header have other members, and lets kid and typ be left out. The profile has exactly three. (A member crit that it does not know, it refuses.)'),
  differ('jose', /\/segments\/(signature-)?(padded|spare-bits) bad-jws$|\/segments\/line-end bad-jws$/,
    'Its base64url decoder takes padding, white space, and last characters with spare bits: several spellings of one signature.'),
  differ('jose', /\/header\/kid-of-another-key bad-notice-signature$/,
    'The caller gives the key; kid in the header is not compared with it.'),

  // ---- @sd-jwt/core ----
  differ('sd-jwt-core', / (wrong-typ|wrong-exchange|wrong-purpose|part-missing)$|\/payload\/(?!sd-|no-sd|iat).* bad-notice$/,
    'It knows no profile: which members a payload has, whose exchange and what key it is, is left to the caller.'),
  differ('sd-jwt-core', /\/(header\/.* wrong-alg|header\/alg-array .*|header\/no-alg bad-jws|header\/kid-of-another-key .*)$/,
    'It hands the bytes to a function of the caller to be verified; alg and kid of the header are not looked at.'),
  differ('sd-jwt-core', /\/header\/.* bad-jws$/,
    'It does not look at the header, crit included (RFC 7515 section 4.1.11 would refuse a crit that is not understood).'),
  differ('sd-jwt-core', / bad-json$/,
    'It reads with JSON.parse: the last of two members wins, numbers overflow in silence, no limit of depth.'),
  differ('sd-jwt-core', /\/segments\/(signature-(padded|spare-bits)|line-end) bad-jws$|\/disclosure\/(base64|salt)-(padded|spare-bits) /,
    'Buffer.from takes padding, white space, and spare bits.'),
  differ('sd-jwt-core', /\/disclosure\/(weak-salt|salt-31|salt-33|salt-number) /,
    'RFC 9901 only recommends 128 bits of salt. The profile has 32 bytes.'),
  differ('sd-jwt-core', /\/disclosure\/(array-of-two|name-sd|name-dots|name-number|name-array|name-claim) /,
    'RFC 9901 section 7.1 refuses all of these: two members (those are for array elements), a name _sd or ..., one that is no text or a member of the payload. It does not.'),
  differ('sd-jwt-core', /\/disclosure\/name-(unknown|case) /,
    'A name outside the five parts is not against RFC 9901.'),
  differ('sd-jwt-core', /\/set\/.* (foreign|repeated)-disclosure$/,
    'RFC 9901 section 7.1 refuses a Disclosure whose digest is nowhere, and one that comes twice. It drops them in silence.'),
  differ('sd-jwt-core', /\/payload\/(sd-|no-sd)/,
    'RFC 9901 allows any number and order of digests, none, and any hash name that the hasher takes. (It refuses digests that stand twice; this package does not.)'),
  differ('sd-jwt-core', /\/payload\/(no-iat|iat-)/,
    'iat is optional in RFC 9901, and is only compared with the clock when it is there.'),
  differ('sd-jwt-core', /\/segments\/(no-tilde|key-binding|six-disclosures) bad-notice$/,
    'A JWS without a tilde passes as an SD-JWT without Disclosures; a key binding JWT is not looked at unless a nonce is asked for; Disclosures are not counted.'),

  // ---- http-message-signatures: it builds the base and verifies; the fields of a message and their limits are its user's ----
  differ('http-message-signatures', / wrong-digest$/,
    'It does not know Content-Digest (RFC 9530): that the digest is that of the body must be checked beside it.'),
  differ('http-message-signatures', / (component-missing|component-extra|wrong-label|wrong-tag)$/,
    'It demands by name that a component is there, and cannot demand that no other is, in which order, with which ;req, under which label and tag.'),
  differ('http-message-signatures', / (no-nonce|window-too-long|wrong-purpose|headers-too-large)$/,
    'What a nonce looks like, how long a signature may live, what a key is for, and how large a message is, is left to the caller.'),
  differ('http-message-signatures', /^answers\/answer\/alg bad-signature-header$|^requests\/parameters\/(more|created-negative|created-text|expires-text) /,
    'Other parameters are allowed by RFC 9421, and values of another type pass where a comparison with them is false.'),
  differ('http-message-signatures', /\/(spare-bits|space|number|evil-first|evil-last|twice|two-lines|two-spaces) bad-signature-header$/,
    'It parses the fields leniently as RFC 9651 dictionaries, with the last of two members, and more signatures than one.'),
  differ('http-message-signatures', /^requests\/(odd\/|signature\/(method-case|type-spaces) )/,
    'It takes method and target as it is told, writes the method in upper case, and trims fields: what came on the wire it does not see.'),
]
