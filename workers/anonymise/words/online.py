"""Rules for what leads to a person online: e-mail addresses, links, handles and IP addresses."""

from __future__ import annotations

import ipaddress

from workers.anonymise.words.linear import Match
from workers.anonymise.words.rules import rule

# Top-level domains seen where Farola runs; an unknown one still counts after http:// or www.
_TLD = (
    r"(?:com|net|org|info|edu|gov|cat|eus|gal|es|fr|pt|br|mx|ar|co|cl|pe|ve|uy|in|uk|us|ca|be|ch|de|it|eu|io|me|"
    r"app|dev|tv|ie|au|nz|za|ng|ke|pk|bd|ly|gl|gd|link|online|site|xyz|club|live|page|fm|ru|pl|nl|se|no|fi|dk|at)"
)
_AT = r"(?:@|[(\[{<]\s?(?:at|arroba|arobase|chez|a)\s?[)\]}>])"
_AT_WORD = r"\s(?:at|arroba|arrova|arobase|chez)\s"
_DOT = r"(?:\s?\.\s?|\s?[(\[{<]\s?(?:dot|punto|ponto|point|punt|\.)\s?[)\]}>]\s?)"
_DOT_WORD = r"(?:\s(?:dot|punto|ponto|point|punt)\s)"
_LOCAL = r"[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}"
_LABEL = r"[A-Za-z0-9-]{1,40}"
_SITES = r"(?:insta(?:gram)?|ig|tik ?tok|snap(?:chat)?|telegram|tg|twitter|facebook|fb|linkedin|onlyfans|discord|kik)"


def _is_address(match: Match) -> bool:
    try:
        ipaddress.ip_address(match.group(1))
    except ValueError:
        return False
    return True


def _is_handle(match: Match) -> bool:
    """An account's name after a word such as "is" holds a digit, a dot or an underscore."""
    return any(char in "._" or char.isdigit() for char in match.group(1).rstrip("."))


EMAILS = (
    rule("email", "email", 0.99, rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL}){{0,4}}\.[A-Za-z]{{2,24}}\b"),
    rule(
        "email",
        "email-spaced",
        0.9,
        rf"(?i){_LOCAL}\s{{0,2}}@\s{{0,2}}{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}{_DOT}{_TLD}\b",
    ),
    rule(
        "email",
        "email-hidden-at",
        0.9,
        rf"(?i){_LOCAL}\s?{_AT}\s?{_LABEL}(?:(?:{_DOT}|{_DOT_WORD}){_LABEL}){{0,3}}(?:{_DOT}|{_DOT_WORD}){_TLD}\b",
    ),
    # One letter at a time.
    rule("email", "email-spaced-out", 0.9, r"\b(?:[A-Za-z0-9._-] ){1,40}@(?: [A-Za-z0-9._-]){3,60}"),
    rule(
        "email",
        "email-in-words",
        0.9,
        rf"(?i){_LOCAL}(?:{_DOT_WORD}{_LABEL}){{0,3}}{_AT_WORD}{_LABEL}(?:{_DOT_WORD}{_LABEL}){{0,2}}(?:{_DOT_WORD}|\.){_TLD}\b",
    ),
)

LINKS = (
    rule(
        "link",
        "link-in-words",
        0.85,
        rf"(?i)\b{_LABEL}(?:{_DOT_WORD}{_LABEL}){{0,3}}{_DOT_WORD}(?:com|net|org|info|cat|io|app|tv)\b"
        r"(?:\s?(?:slash|barra|barre|/)\s?[a-z0-9_.-]{1,40}){0,5}",
    ),
    rule("link", "url", 0.99, r"(?i)\b(?:h(?:tt|xx)ps?|ftp)\s?:\s?/\s?/\s?[^\s<>\"]{2,}"),
    rule("link", "www", 0.95, r"(?i)\bwww\s?\.\s?[a-z0-9-]+\s?\.\s?[^\s<>\"]{2,}"),
    rule(
        "link",
        "domain",
        0.8,
        r"(?i)\b(?:[a-z0-9-]{2,40}\.){1,4}(?:com|net|org|info|cat|io|ly|link|app|tv|co\.uk|com\.br|com\.mx)\b(?:/[^\s<>\"]*)?",
    ),
    rule("link", "domain-with-path", 0.9, rf"(?i)\b(?:[a-z0-9-]{{1,40}}\.){{1,4}}{_TLD}/[^\s<>\"]+"),
)

HANDLES = (
    rule("handle", "at-name", 0.85, r"(?:^|[^A-Za-z0-9_.@])(@\s?[A-Za-z0-9_][A-Za-z0-9_.]{1,30})"),
    rule(
        "handle", "site-name", 0.8, rf"(?i)\b{_SITES}\b\s?(?:[:=@]|-\s)\s?@?\s?([a-z0-9_][a-z0-9_.]{{2,30}})"
    ),
    rule(
        "handle",
        "site-is-name",
        0.7,
        rf"(?i)\b{_SITES}\b(?:\s(?:is|es|est|e|se|llama|como|user|usuario|usuaria|compte|conta|cuenta|handle|hai))*\s([a-z0-9_][a-z0-9_.]{{2,30}})",
        _is_handle,
    ),
    rule(
        "handle",
        "user-name",
        0.7,
        r"(?i)\b(?:user ?name|usuari[oa]?|pseudo|nick(?:name)?|handle)\b\s?(?:[:=]|is|es|est|e)\s?@?([a-z0-9_][a-z0-9_.]{2,30})",
        _is_handle,
    ),
)

ADDRESSES = (
    rule("ip", "ipv4", 0.95, r"\b(\d{1,3}(?:\.\d{1,3}){3})\b", _is_address),
    rule("ip", "ipv6", 0.95, r"(?i)\b([0-9a-f]{1,4}(?::{1,2}[0-9a-f]{1,4}){3,7})\b", _is_address),
)

RULES = (*EMAILS, *LINKS, *HANDLES, *ADDRESSES)
