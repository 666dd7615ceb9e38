"""Sealing and opening per second of one core, beside the primitives that cannot be left out, measured in one run.

The primitives of sealing are one encapsulation with its HPKE encryption for each recipient, and AES-256-GCM; those of
opening one decapsulation and AES-256-GCM.
"""

import secrets
import time
from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from measuring import figure

from exchange.wire import sealing, sealing_keys

URN = "urn:asylum-exchange:notice:sk-border:01890a5d-ac96-774b-bcce-b302099a8057"
NARRATIVE = "Erklärt, am 3. Oktober über den Fluss gekommen und am selben Tag zurückgeschickt worden zu sein. " * 4
PERSON = {
    "names": [{"written": "سارا رحیمی", "script": "Arab"}, {"written": "RAHIMI, SARA", "script": "Latn"}],
    "birth_date": [{"date": "1994-05", "calendar": "solar_hijri", "source": "document", "disputed": "no"}],
}
ROUNDS, TIMES, RECIPIENTS = 9, 200, 3
SEALS_PER_SECOND, OPENS_PER_SECOND = 3_000, 8_000
OVER_LEAST, OVER_LEAST_OF_OPEN, OVER_LEAST_WITH_READ = 1.25, 1.5, 2.5


def seconds(works: Sequence[Callable[[], object]]) -> list[float]:
    """Return CPU seconds of one call of each: the least of some rounds, in turns, since machines are shared."""
    least = [float("inf")] * len(works)
    for _ in range(ROUNDS):
        for number, work in enumerate(works):
            before = time.process_time()
            for _ in range(TIMES):
                work()
            least[number] = min(least[number], (time.process_time() - before) / TIMES)
    return least


def main() -> None:
    keys = [sealing_keys.generate() for _ in range(RECIPIENTS)]
    recipients = [key.public for key in keys]
    sealed = sealing.seal(PERSON, NARRATIVE, URN, recipients, secrets.token_bytes)
    blob = sealing.read(sealed.jwe, URN)
    content_key, iv = secrets.token_bytes(32), secrets.token_bytes(12)
    aead, plaintext = AESGCM(content_key), bytes(len(blob.ciphertext) - 16)
    encrypted, wrapped = aead.encrypt(iv, plaintext, None), keys[0].public.wrap(content_key)

    def least_seal() -> None:
        for recipient in recipients:
            recipient.wrap(content_key)
        aead.encrypt(iv, plaintext, None)

    def least_open() -> None:
        keys[0].unwrap(*wrapped)
        aead.decrypt(iv, encrypted, None)

    works = (
        lambda: sealing.seal(PERSON, NARRATIVE, URN, recipients, secrets.token_bytes),
        least_seal,
        lambda: sealing.open_sealed(sealing.read(sealed.jwe, URN), keys[1], sealed.pt_sha256),
        lambda: sealing.open_sealed(blob, keys[1], sealed.pt_sha256),
        least_open,
        lambda: sealing.check([sealed.entry()], [sealed.jwe], URN),
    )
    seal, seal_least, read_and_open, opened, open_least, check = seconds(works)
    figure("seal.three_recipients", 1 / seal, "per_s", SEALS_PER_SECOND, at_most=False)
    figure("seal.three_recipients_over_least", seal / seal_least, "ratio", OVER_LEAST)
    figure("seal.read_and_open", 1 / read_and_open, "per_s", OPENS_PER_SECOND, at_most=False)
    figure("seal.read_and_open_over_least", read_and_open / open_least, "ratio", OVER_LEAST_WITH_READ)
    figure("seal.open", 1 / opened, "per_s", OPENS_PER_SECOND, at_most=False)
    figure("seal.open_over_least", opened / open_least, "ratio", OVER_LEAST_OF_OPEN)
    figure("seal.check_by_hub", check * 1e6, "us", open_least * 1e6)
    figure("seal.three_recipients_bytes", sealed.bytes, "bytes", 16 * 1024)


if __name__ == "__main__":
    main()
