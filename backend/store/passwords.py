"""How staff's passwords are hashed."""

from argon2 import PasswordHasher

# Argon2id with 64 MiB and three passes, above the floors of OWASP and ASVS 5.0 appendix C.
HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
