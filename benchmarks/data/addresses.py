"""Addresses of digital money with their checksums: base58, bech32, bech32m and mixed-case hexadecimal."""

import hashlib

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_LANES = (1 << 64) - 1


def base58(version: int, payload: bytes) -> str:
    """Return a Bitcoin address: version, 20 bytes, four bytes of a double SHA-256."""
    body = bytes([version]) + payload
    body += hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, text = int.from_bytes(body), ""
    while number:
        number, rest = divmod(number, 58)
        text = _BASE58[rest] + text
    return "1" * (len(body) - len(body.lstrip(b"\0"))) + text


def bech32(version: int, program: bytes, prefix: str = "bc") -> str:
    """Return a witness address: bech32 for version 0 (BIP 173), bech32m above (BIP 350)."""
    bits = "".join(f"{byte:08b}" for byte in program)
    bits += "0" * (-len(bits) % 5)
    data = [version, *(int(bits[n : n + 5], 2) for n in range(0, len(bits), 5))]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod([*expanded, *data, *[0] * 6]) ^ (0x2BC830A3 if version else 1)
    data += [check >> 5 * (5 - n) & 31 for n in range(6)]
    return prefix + "1" + "".join(_BASE32[n] for n in data)


def ethereum(payload: bytes) -> str:
    """Return 20 bytes as mixed-case hexadecimal whose capitals are a checksum (EIP-55)."""
    text = payload.hex()
    marks = keccak256(text.encode()).hex()
    return "0x" + "".join(
        c.upper() if int(m, 16) >= 8 else c for c, m in zip(text, marks, strict=False)
    )


def keccak256(message: bytes) -> bytes:
    """Return Keccak-256 of a message shorter than one block of 136 bytes (padding ``01…80``)."""
    if len(message) >= 136:
        raise ValueError("only messages of one block are hashed here")
    block = bytearray(message.ljust(200, b"\0"))
    block[len(message)] ^= 0x01
    block[135] ^= 0x80
    lanes = [
        [int.from_bytes(block[8 * (x + 5 * y) :][:8], "little") for y in range(5)] for x in range(5)
    ]
    _permute(lanes)
    return b"".join(lanes[x][0].to_bytes(8, "little") for x in range(4))


def _permute(a: list[list[int]]) -> None:
    register = 1
    for _ in range(24):
        column = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        for x in range(5):
            mask = column[x - 1] ^ _rotate(column[(x + 1) % 5], 1)
            a[x] = [lane ^ mask for lane in a[x]]
        x, y, current = 1, 0, a[1][0]
        for n in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, a[x][y] = a[x][y], _rotate(current, (n + 1) * (n + 2) // 2)
        for y in range(5):
            row = [a[x][y] for x in range(5)]
            for x in range(5):
                a[x][y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5] & _LANES)
        for n in range(7):
            register = (register << 1 ^ (register >> 7) * 0x171) & 0xFF
            if register & 2:
                a[0][0] ^= 1 << (1 << n) - 1


def _rotate(lane: int, by: int) -> int:
    by %= 64
    return (lane << by | lane >> (64 - by)) & _LANES


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for n, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> n & 1 else 0
    return check
