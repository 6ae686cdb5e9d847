"""Keys and tokens as NATS' own tool (nsc) makes them: an operator who vouches for an account, which vouches for a user, whose
credentials file a client shows. Signed by openssl."""
import base64
import json
import subprocess
import time
import uuid

# What a key is for: the first letter of its public name.
OPERATOR, ACCOUNT, USER, SEED = 14 << 3, 0, 20 << 3, 18 << 3

ANY_USE = {name: -1 for name in ("subs", "data", "payload", "imports", "exports", "conn", "leaf")} | {"wildcards": True}
ANY_STORAGE = {name: -1 for name in ("mem_storage", "disk_storage", "streams", "consumer")}  # JetStream's; NATS refuses it to its own account


def checksum(data):
    """CRC-16/XMODEM."""
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value.to_bytes(2, "little")


def encoded(data):
    return base64.b32encode(data + checksum(data)).decode().rstrip("=")


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Key:
    def __init__(self, kind, folder):
        self.kind, self.path = kind, f"{folder}/{uuid.uuid4()}.pem"
        self.openssl("genpkey", "-algorithm", "ed25519", "-out", self.path)
        # Both DER forms end with the 32 bytes of the key.
        self.name = encoded(bytes([kind]) + self.openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")[-32:])

    @staticmethod
    def openssl(*arguments, **more):
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True, **more).stdout

    def seed(self):
        private = self.openssl("pkey", "-in", self.path, "-outform", "DER")[-32:]
        return encoded(bytes([SEED | self.kind >> 5, (self.kind & 31) << 3]) + private)

    def token(self, subject, **nats):
        """What this key says of another, or of itself."""
        head = {"typ": "JWT", "alg": "ed25519-nkey"}
        claims = {"jti": str(uuid.uuid4()), "iat": int(time.time()), "iss": self.name, "sub": subject.name, "name": "test", "nats": {"version": 2, **nats}}
        said = ".".join(base64url(json.dumps(part).encode()) for part in (head, claims))
        with open(f"{self.path}.said", "w", encoding="ascii") as file:
            file.write(said)
        return f"{said}.{base64url(self.openssl('pkeyutl', '-sign', '-inkey', self.path, '-rawin', '-in', file.name))}"


class Identities:
    def __init__(self, folder):
        self.folder = folder
        self.operator, self.account, system = Key(OPERATOR, folder), Key(ACCOUNT, folder), Key(ACCOUNT, folder)
        accounts = {key.name: self.operator.token(key, type="account", limits=limits, default_permissions={"pub": {}, "sub": {}})
                    for key, limits in ((self.account, ANY_USE | ANY_STORAGE), (system, ANY_USE))}
        #: For nats-server's configuration.
        self.configuration = (f"operator: {self.operator.token(self.operator, type='operator')}\nresolver: MEMORY\nsystem_account: {system.name}\n"
                              f"resolver_preload: {{ {', '.join(f'{name}: {token}' for name, token in accounts.items())} }}\n")

    def credentials(self, account=None):
        """A file for a user of the account that the operator vouches for, or of this one."""
        user = Key(USER, self.folder)
        token = (account or self.account).token(user, type="user", pub={}, sub={}, subs=-1, data=-1, payload=-1)
        path = f"{self.folder}/{user.name}.creds"
        with open(path, "w", encoding="ascii") as file:
            file.write(f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
                       f"-----BEGIN USER NKEY SEED-----\n{user.seed()}\n------END USER NKEY SEED------\n")
        return path

    def stranger(self):
        """An account that nobody vouches for."""
        return Key(ACCOUNT, self.folder)
