"""Where the verdict of others on our vectors differs from ours, and why: one line for each reason.

A line names who, why, and which vectors (page:name; a `-` takes away what a pattern before it took in). Nobody refuses
what we take, so each line is about something that we refuse. `tests/wire/test_oracles.py` fails when a difference has
no line, and when a line has no difference.
"""

JOSE = "joserfc jwcrypto openssl"
LIBRARIES = "joserfc jwcrypto sd_jwt"
Line = tuple[str, str, tuple[str, ...]]

OF_JWS: list[Line] = [
    (JOSE, "JWS reads no payload", ("notices:payload/*", "notices:json/*", "statements:json/*", "statements:claims/*")),
    (JOSE, "JWS knows no Disclosures", ("notices:disclosure/*", "notices:disclosure-json/*", "notices:set/*")),
    (
        JOSE,
        "a JWS ends before the first tilde",
        ("notices:segments/last-tilde-missing", "notices:segments/no-tilde", "notices:segments/key-binding"),
    ),
    (JOSE, "a JWS ends before the first tilde", ("notices:segments/six-disclosures",)),
    (f"{JOSE} sd_jwt", "that keys have purposes is ours", ("notices:segments/a-key-for-requests",)),
    (JOSE, "that keys have purposes is ours", ("statements:key/purpose*",)),
    (JOSE, "typ is for the caller to look at", ("statements:kind/*",)),
    (LIBRARIES, "typ is for the caller to look at", ("notices:header/typ-*",)),
    (LIBRARIES, "typ and kid may be absent", ("notices:header/no-typ", "notices:header/no-kid")),
    (LIBRARIES, "kid is any text and chooses nothing", ("notices:header/kid-*",)),
    ("joserfc", "it does look whether kid is text", ("-notices:header/kid-number",)),
    (
        LIBRARIES,
        "a key in the header is left unread; we refuse it, so that nobody reads it",
        ("notices:header/jwk", "notices:header/jku", "notices:header/x5c"),
    ),
    ("joserfc jwcrypto", "as in a notice", ("statements:header/jwk",)),
    (LIBRARIES, "RFC 7515 has more members than our three", ("notices:header/cty",)),
    ("jwcrypto sd_jwt", "an unknown member is left unread", ("notices:header/extra-member",)),
    ("jwcrypto", "an unknown member is left unread", ("statements:header/extra-member",)),
    ("joserfc", "b64 may be critical, and is then not done", ("notices:header/crit",)),
    (LIBRARIES, "JSON libraries keep the last of two equal members", ("notices:header/alg-twice",)),
    ("joserfc", "it passes over a byte order mark", ("notices:header/byte-order-mark",)),
    ("jwcrypto sd_jwt", "it decodes leniently", ("notices:segments/*-padded", "notices:segments/*spare-bits")),
    ("jwcrypto openssl", "it decodes leniently", ("statements:segments/padded", "statements:segments/spare-bits")),
    (
        "openssl",
        "we decode the signature for it, leniently",
        ("notices:segments/signature-padded", "notices:segments/signature-spare-bits"),
    ),
    (
        "openssl",
        "it reads no header: the signature is right, over any bytes",
        ("notices:header/*", "statements:header/*", "statements:key/alg"),
    ),
]

OF_SD_JWT: list[Line] = [
    ("sd_jwt", "RFC 8037 calls Ed25519 EdDSA; RFC 9864 and we do not", ("notices:header/alg-eddsa",)),
    ("sd_jwt", "which claims there are, and their forms, is ours", ("notices:payload/*",)),
    ("sd_jwt", "it reads claims", ("-notices:payload/array", "-notices:payload/sd-alg", "-notices:payload/sd-nested")),
    ("sd_jwt", "none may be disclosed over another", ("-notices:payload/extra-part", "-notices:payload/sd-twice")),
    ("sd_jwt", "Python's JSON takes what RFC 7493 does not", ("notices:json/*", "notices:disclosure-json/*")),
    ("sd_jwt", "it takes no empty and no second value", ("-notices:json/empty", "-notices:*json/two-values")),
    ("sd_jwt", "it takes no byte order mark", ("-notices:*json/byte-order-mark",)),
    ("sd_jwt", "it takes what is JSON", ("-notices:json/not-utf-8", "-notices:disclosure-json/comma")),
    (
        "sd_jwt",
        "it decodes leniently; the digest is of the text, so a signed Disclosure has no second spelling even so",
        ("notices:disclosure/base64-padded", "notices:disclosure/base64-spare-bits"),
    ),
    ("sd_jwt", "RFC 9901 section 9.3 recommends 16 bytes of salt, we demand 32", ("notices:disclosure/*salt*",)),
    (
        "sd_jwt",
        "it takes any text for a name, _sd and ... as well, which RFC 9901 section 7.1 step 3 forbids",
        ("notices:disclosure/name-*", "-notices:disclosure/name-claim", "-notices:disclosure/name-array"),
    ),
    (
        "sd_jwt",
        "it passes over a Disclosure that was not signed, which RFC 9901 section 7.1 step 5 forbids",
        ("notices:set/foreign*", "notices:set/renamed", "notices:set/swapped", "notices:set/respelled"),
    ),
    ("sd_jwt", "which parts there must be is ours", ("notices:set/no-*", "notices:set/none")),
    (
        "sd_jwt",
        "it takes what stands last for a key binding, which it reads only when asked",
        ("notices:segments/last-tilde-missing", "notices:segments/key-binding"),
    ),
]

OF_HTTP: list[Line] = [
    ("http", "how large a message may be is ours", ("requests:headers/too-large",)),
    ("http", "the label is for the application", ("requests:headers/label", "answers:answer/label")),
    ("http", "the tag is for the application", ("requests:parameters/*tag*", "answers:answer/*tag*")),
    ("http", "RFC 9421 has each parameter once", ("-answers:answer/tag-twice",)),
    ("http", "structured fields have several spellings", ("requests:headers/space", "requests:headers/number")),
    ("http", "structured fields may decode leniently", ("requests:headers/spare-bits", "answers:answer/spare-bits")),
    ("http", "what a signature covers is for the application", ("requests:components/*",)),
    ("http", "other components have other values", ("-requests:components/path", "-requests:components/parameter")),
    ("http", "RFC 9421 has each component once", ("-requests:components/repeated",)),
    (
        "http",
        "what a signature covers is for the application",
        (
            "answers:question/*not-bound",
            "answers:answer/*-not-covered",
            "answers:answer/no-status",
            "answers:answer/no-method",
            "answers:answer/no-target",
            "answers:answer/date",
        ),
    ),
    ("http", "a nonce is for the application", ("requests:parameters/*nonce*",)),
    ("http", "it is text, and once", ("-requests:parameters/nonce-number", "-requests:parameters/nonce-twice")),
    (
        "http",
        "every parameter may be absent, or be there",
        (
            "requests:parameters/no-created",
            "requests:parameters/no-expires",
            "requests:parameters/no-alg",
            "answers:answer/no-created",
            "answers:answer/alg",
        ),
    ),
    (
        "http",
        "the clock is taken out of the oracle",
        (
            "requests:parameters/created-negative",
            "requests:parameters/no-moment",
            "requests:parameters/window*",
            "requests:parameters/stale",
            "requests:parameters/ahead",
        ),
    ),
    ("http", "it does not look at the body unless asked", ("requests:digest/*", "-requests:digest/absent")),
    (
        "http",
        "it does not look at the body",
        ("answers:answer/body", "answers:answer/digest", "answers:answer/sha-512"),
    ),
    ("http", "that keys have purposes is ours", ("requests:signature/purpose",)),
    (
        "http",
        "RFC 9421 normalises what is signed; we take it as it came",
        ("requests:signature/fragment", "requests:signature/user", "requests:signature/type-spaces"),
    ),
]

DIFFERENCES = [*OF_JWS, *OF_SD_JWT, *OF_HTTP]
