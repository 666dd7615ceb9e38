"""ristretto255 (RFC 9496) and the check of a VOPRF proof (RFC 9497 section 2.2.2), written out: slow, and independent.

It shares nothing with the library under test but the standards.
"""

import hashlib
from collections.abc import Sequence

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
BASE = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"

Point = tuple[int, int, int, int]
"""X, Y, Z, T of extended coordinates."""
NEUTRAL: Point = (0, 1, 1, 0)


def positive(value: int) -> int:
    value %= P
    return P - value if value & 1 else value


def root_of_ratio(u: int, v: int) -> tuple[bool, int]:
    r = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    check = v * r * r % P
    if check in (-u % P, -u * ROOT % P):
        r = r * ROOT % P
    return check in (u % P, -u % P), positive(r)


def decode(data: bytes) -> Point:
    s = int.from_bytes(data, "little")
    assert s < P
    assert s % 2 == 0
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-(D * u1 * u1) - u2 * u2) % P
    square, inverse = root_of_ratio(1, v * u2 * u2 % P)
    x = positive(2 * s * inverse * u2)
    y = u1 * inverse * inverse * u2 * v % P
    assert square
    assert x * y % P % 2 == 0
    assert y
    return x, y, 1, x * y % P


def encode(point: Point) -> bytes:
    x0, y0, z0, t0 = point
    u1, u2 = (z0 + y0) * (z0 - y0) % P, x0 * y0 % P
    _, inverse = root_of_ratio(1, u1 * u2 * u2 % P)
    one, two = inverse * u1 % P, inverse * u2 % P
    z = one * two * t0 % P
    x, y, last = x0, y0, two
    if t0 * z % P & 1:
        x, y, last = y0 * ROOT % P, x0 * ROOT % P, one * root_of_ratio(1, (-1 - D) % P)[1] % P
    if x * z % P & 1:
        y = -y % P
    return positive(last * (z0 - y)).to_bytes(32, "little")


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * D * p[3] * q[3], 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(k: int, point: Point) -> Point:
    result = NEUTRAL
    for bit in f"{k:b}":
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def with_length(data: bytes) -> bytes:
    return len(data).to_bytes(2) + data


def scalar_of(data: bytes) -> int:
    """HashToScalar: expand_message_xmd (RFC 9380 section 5.3.1) to 64 bytes, little-endian, modulo the order."""
    tag = b"HashToScalar-" + CONTEXT
    tag += bytes([len(tag)])
    first = hashlib.sha512(bytes(128) + data + (64).to_bytes(2) + b"\0" + tag).digest()
    return int.from_bytes(hashlib.sha512(first + b"\1" + tag).digest(), "little") % ORDER


def proof_holds(public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], proof: bytes) -> bool:
    seed = hashlib.sha512(with_length(public) + with_length(b"Seed-" + CONTEXT)).digest()
    m = z = NEUTRAL
    for number, (one, other) in enumerate(zip(blinded, evaluated, strict=True)):
        said = with_length(seed) + number.to_bytes(2) + with_length(one) + with_length(other) + b"Composite"
        weight = scalar_of(said)
        m, z = add(m, times(weight, decode(one))), add(z, times(weight, decode(other)))
    c, s = (int.from_bytes(part, "little") for part in (proof[:32], proof[32:]))
    t2 = add(times(s, decode(BASE)), times(c, decode(public)))
    t3 = add(times(s, m), times(c, z))
    said = b"".join(with_length(part) for part in (public, *(encode(point) for point in (m, z, t2, t3))))
    return c == scalar_of(said + b"Challenge")
