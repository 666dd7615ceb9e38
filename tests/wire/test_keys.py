import random

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc.jwk import ECKey, OKPKey

from exchange.wire import keys
from exchange.wire.ed25519_points import SMALL_ORDER_Y, refuse_weak_point
from exchange.wire.encoding import b64decode
from wire.kit import b64, code

P = 2**255 - 19
# RFC 8037 appendix A.1 (private key), A.2 (public key), A.3 (thumbprint).
D = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
# RFC 7515 appendix A.3.1.
ES_X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
ES_Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
ES_SIGNING_INPUT = (
    "eyJhbGciOiJFUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
)
ES_SIGNATURE = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
JWK = {"kty": "OKP", "crv": "Ed25519", "x": X}
ES_JWK = {"kty": "EC", "crv": "P-256", "x": ES_X, "y": ES_Y}


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | x25519.X25519PrivateKey, password: bytes = b"") -> bytes:
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def test_the_key_of_rfc_8037() -> None:
    private = Ed25519PrivateKey.from_private_bytes(b64decode(D))
    public = keys.public_from_jwk(JWK, "notice")
    assert b64(private.public_key().public_bytes_raw()) == X
    assert (public.kid, public.alg, public.purpose) == (THUMBPRINT, "Ed25519", "notice")
    # RFC 8037 appendix A.4, whose header says EdDSA: the bytes verify, the JWS is not of our profile.
    signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    public.verify(b64decode(signature), b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc")


def test_the_es256_signature_of_rfc_7515() -> None:
    public = keys.public_from_jwk(ES_JWK, "notice")
    assert public.alg == "ES256"
    public.verify(b64decode(ES_SIGNATURE), ES_SIGNING_INPUT.encode())
    assert code(public.verify, b64decode(ES_SIGNATURE), ES_SIGNING_INPUT.encode() + b".") == "bad-signature"


@pytest.mark.parametrize("alg", sorted(keys.ALGORITHMS))
def test_another_library_gives_the_same_key_and_thumbprint(alg: str) -> None:
    key = keys.generate("notice", alg)
    jwk = keys.public_to_jwk(key.public)
    required: dict[str, str | list[str]] = {
        name: str(value) for name, value in jwk.items() if name in {"kty", "crv", "x", "y"}
    }
    theirs = OKPKey.import_key(required) if alg == "Ed25519" else ECKey.import_key(required)
    assert theirs.thumbprint() == key.kid
    assert keys.public_from_jwk(jwk, "notice").kid == key.kid


@pytest.mark.parametrize("alg", sorted(keys.ALGORITHMS))
def test_sign_and_verify(alg: str) -> None:
    key, other = keys.generate("request", alg), keys.generate("request", alg)
    signature = key.sign(b"data")
    assert len(signature) == 64
    key.public.verify(signature, b"data")
    assert code(key.public.verify, signature, b"date") == "bad-signature"
    assert code(other.public.verify, signature, b"data") == "bad-signature"
    for bad in (b"", signature[:-1], signature + b"\0", bytes(64), b"\xff" * 64):
        assert code(key.public.verify, bad, b"data", "bad-notice-signature") == "bad-notice-signature"


def test_a_key_survives_its_file() -> None:
    for alg in keys.ALGORITHMS:
        key = keys.generate("answer", alg)
        again = keys.private_from_pem(keys.private_to_pem(key), "answer")
        assert (again.kid, again.alg, again.purpose) == (key.kid, key.alg, "answer")
        key.public.verify(again.sign(b"x"), b"x")


def test_files_that_hold_no_signing_key() -> None:
    p384 = ec.generate_private_key(ec.SECP384R1())
    others = [
        b"",
        b"nonsense",
        pem(p384),
        pem(x25519.X25519PrivateKey.generate()),
        pem(rsa.generate_private_key(65537, 2048)),
    ]
    for data in [*others, pem(ec.generate_private_key(ec.SECP256R1()), b"password")]:
        assert code(keys.private_from_pem, data, "notice") == "bad-key"


def test_a_private_key_does_not_show_itself() -> None:
    assert "PrivateKey object" not in repr(keys.generate("notice"))


def test_a_key_has_a_purpose_that_exists() -> None:
    with pytest.raises(ValueError, match="purpose"):
        keys.generate("everything")
    with pytest.raises(ValueError, match="alg"):
        keys.generate("notice", "RS256")
    assert code(keys.public_from_jwk, JWK, "everything") == "bad-key"


@pytest.mark.parametrize(
    "change",
    [
        {"d": D},
        {"alg": "ES256"},
        {"alg": "EdDSA"},
        {"kid": "mine"},
        {"use": "sig"},
        {"kty": "EC"},
        {"crv": "X25519"},
        {"crv": None},
        {"x": X + "="},
        {"x": X[:-1] + "p"},
        {"x": X[:-2]},
        {"x": 5},
        {"x": None},
    ],
)
def test_a_jwk_with_anything_odd_is_refused(change: dict[str, object]) -> None:
    assert code(keys.public_from_jwk, {**JWK, **change}, "notice") == "bad-key"


@pytest.mark.parametrize("change", [{"y": ES_X}, {"x": b64(b"\xff" * 32)}, {"y": None}, {"crv": "P-384"}, {"d": D}])
def test_a_p256_jwk_with_anything_odd_is_refused(change: dict[str, object]) -> None:
    assert code(keys.public_from_jwk, {**ES_JWK, **change}, "notice") == "bad-key"


def encodings_of_small_order() -> list[bytes]:
    """Every 32 bytes that decode to a point of order 1, 2, 4 or 8, canonical or not, with both signs."""
    ys = [*SMALL_ORDER_Y, *(y + P for y in SMALL_ORDER_Y if y + P < 2**255)]
    return [(y | sign << 255).to_bytes(32, "little") for y in ys for sign in (0, 1)]


def test_the_list_of_small_order_is_whole() -> None:
    # Five y coordinates, and two of them (0 and 1) have a second, non-canonical encoding.
    assert len(encodings_of_small_order()) == 14


@pytest.mark.parametrize("point", encodings_of_small_order(), ids=bytes.hex)
def test_a_key_of_small_order_is_refused(point: bytes) -> None:
    assert code(keys.public_from_jwk, {**JWK, "x": b64(point)}, "notice") == "weak-key"


def test_what_the_refusal_of_small_order_prevents() -> None:
    # Under the neutral point, R = neutral and s = 0 verify for every message: the library takes it.
    neutral = (1).to_bytes(32, "little")
    weak, forged = Ed25519PublicKey.from_public_bytes(neutral), neutral + bytes(32)
    for message in (b"a claim was made", b"no claim was made"):
        weak.verify(forged, message)


@pytest.mark.parametrize("y", [P, P + 1, P + 5, 2**255 - 1])
@pytest.mark.parametrize("sign", [0, 1])
def test_a_point_that_is_not_canonical_is_refused(y: int, sign: int) -> None:
    assert code(refuse_weak_point, (y | sign << 255).to_bytes(32, "little")) == "weak-key"


def test_bytes_off_the_curve_are_refused() -> None:
    seed = 20261123
    print("seed", seed)
    drawn = random.Random(seed)
    refused = sum(_refused((drawn.randrange(2, P - 1)).to_bytes(32, "little")) for _ in range(200))
    assert 60 < refused < 140  # half of all y have no x


def _refused(point: bytes) -> bool:
    try:
        refuse_weak_point(point)
    except Exception as refusal:  # noqa: BLE001 -- whatever it is, its code is looked at
        return getattr(refusal, "code", "") == "weak-key"
    return False


def test_honest_keys_are_taken() -> None:
    for _ in range(50):
        refuse_weak_point(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
