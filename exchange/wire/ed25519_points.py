"""Which 32 bytes are an Ed25519 public key worth the name.

`cryptography` loads points of small order. Under such a key one signature fits any message, so whoever enrolled it
could later deny what was said or invent what was not.
"""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from exchange.domain.errors import Refusal

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_SIGN: Final = 1 << 255
SMALL_ORDER_Y: Final = frozenset(
    {
        0,
        1,
        _P - 1,
        int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
        int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
    }
)
"""The y coordinates of the eight points of order 1, 2, 4 and 8; each stands with both signs of x."""
# Any scalar serves: X25519 multiplies by a multiple of eight, which sends every point of small order to zero.
_PROBE: Final = X25519PrivateKey.from_private_bytes(bytes(range(32)))


def refuse_weak_point(point: bytes) -> None:
    """Return if the 32 bytes encode, in canonical form, a point of the curve that has large order.

    Sources: RFC 8032 section 5.1.3 (decoding), RFC 7748 sections 4.1 (the map to Curve25519) and 6.1 (an all-zero
    shared secret betrays small order).

    Raises:
        Refusal: `weak-key`.
    """
    encoded = int.from_bytes(point, "little")
    y = encoded & (_SIGN - 1)
    if y >= _P:
        raise Refusal("weak-key", "the Ed25519 point is not in canonical form")
    if y in SMALL_ORDER_Y or not _survives_exchange(y):
        raise Refusal("weak-key", "the Ed25519 point has small order: one signature would fit any message")
    if not _on_curve(y):
        raise Refusal("weak-key", "the bytes are not a point of Ed25519")


def _survives_exchange(y: int) -> bool:
    u = (1 + y) * pow(1 - y, -1, _P) % _P
    try:
        _PROBE.exchange(X25519PublicKey.from_public_bytes(u.to_bytes(32, "little")))
    except ValueError:
        return False
    return True


def _on_curve(y: int) -> bool:
    x_squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    return pow(x_squared, (_P - 1) // 2, _P) == 1
