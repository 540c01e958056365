"""Flags beside the labels: words that abuse a group or a person, and advertising; cue rules in six languages.

A flag is a proposal that a person looks at. Counter-speech (quoting abuse to object to it) is let through.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from workers.classify.features import line_of, words_of

VERSION = "flag-rules-1"
_GROUPS = (
    r"wom[ae]n|girls?|females?|blacks?|black people|gays?|lesbians?|trans\w*|muslims?|jews?|immigrants?|migrants?|refugees?|foreigners?|disabled|feminists?"
    r"|mujer(es)?|chicas?|negr[oa]s?|gais|lesbianas?|musulman\w*|judi[oa]s?|inmigrantes?|extranjer[oa]s?|discapacitad[oa]s?|indigenas?|gitan[oa]s?|homosexual\w*"
    r"|don(a|es)|estranger\w*|immigrants|gitan\w*|femmes?|filles?|noir(e|s|es)?|musulman\w*|juif\w*|juive\w*|immigre\w*|etranger\w*|handicape\w*|arabes?|asiatiques?"
    r"|mulher(es)?|imigrantes?|estrangeir[oa]s?|judeus?|judi[ao]s?|muculman\w*|deficientes?|indios?|aurat\w*|ladkiya\w*"
)  # fmt: skip
_HOSTILE = (
    r"hate|hates|despise|loathe|disgust\w*|vermin|animals?|cockroach\w*|rats?|scum|trash|garbage|inferior|subhuman|parasit\w*|plague|kill|exterminat\w*|eradicat\w*|deport\w*|go back"
    r"|belong in the kitchen|should be (shot|raped|beaten|hanged)|whores?|sluts?|bitch\w*|cunts?|hoes?|skanks?|fag\w*|dyke\w*"
    r"|odi(o|a|amos|an)|detest\w+|desprecio|aborrezco|soporto|asc[oa]\w*|repugn\w+|basura|escoria|cucarachas?|ratas?|animales|inferior\w*|parasit\w*|peste|plaga|mata\w*|extermin\w*|elimin\w*"
    r"|golpear\w*|expuls\w*|put[ao]s?|zorras?|maric\w*|sudac\w*|mor[oa]s|asesinar\w*|odi|fastig|escombraries|escoria"
    r"|hai(s|ssons|r)|detest\w+|meprise|degout\w*|repugn\w*|vermine|cafards?|dechets?|ordures?|racaille|tuer|extermin\w*|eliminer|frapper|putes?|salopes?|pedes?|gouines?|negres?|bougnoul\w*|youpin\w*"
    r"|odei\w+|detest\w+|desprez\w+|nojo|nojent\w*|lixo|escoria|baratas?|animais|inferior\w*|praga|extermin\w*|bater|vadias?|putas?|viad\w*|sapat\w*|bicha\w*|macac\w*|traveco\w*|piranhas?"
    r"|randi|kutiya|kutt[ie]\w*|nafrat"
)  # fmt: skip
_AIMED = (
    r"(you|you re|u|your|ur) (\w+ )?(\w+ )?(bitch|whore|slut|cunt|idiot|moron|pig|scum|faggot|retard)\w*|(stupid|dumb|fucking|ugly) (bitch|whore|slut|cunt|hoe|women|woman|feminist)\w*"
    r"|(eres|sois) (\w+ )?(\w+ )?(basura|escoria|put[ao]|zorra|idiota|imbecil|asco\w*)|hij[oa]s? de put\w*|(tu|toi|espece de|sale) (\w+ )?(pute|salope|connard|connasse|merde|encule|ordure)\w*|fils de pute|nique ta mere"
    r"|(voce|vc|seu|sua|tu es) (\w+ )?(puta|vadia|viado|lixo|idiota|otari[oa]|arrombad[oa]|merda)|vai (se|te|tomar) (\w+ )?(foder|fuder|cu)|filh[oa] da put\w*|vsf|vtnc|fdp|pqp|arrombad[oa]s?|putinha|caralho|se foder|viadinho"
)  # fmt: skip
_COUNTER = (
    r"saying (\w+ ){1,8}(is|are) (wrong|racist|sexist|hateful|unacceptable)|(saying|says|say|said|said that|call\w*|calling) \w+( \w+)? (is|are) (wrong|racist|sexist|hateful|not ok|unacceptable)|(is|are) (racist|sexist|homophobic|unacceptable)|(do not|don t|never|not) hate|hate speech|nobody should|no one should"
    r"|no (odio|detesto|desprecio)|nadie deberia|(es|son|eres|suena) (un |una )?(racista|machista|homofob\w*|inaceptable|repugnante decir|discurso)|decir|dijo|dices|llam\w+|que digan|frases?|decirle|usar (la palabra|expresiones)"
    r"|je ne (hais|deteste|meprise) pas|personne ne|(est|sont|c est) (raciste|sexiste|homophobe|inacceptable)|dire|disent|disait|qualifier|traiter|propos|phrases?"
    r"|nao (odeio|detesto|desprezo)|ninguem deveria|(e|sao) (racista|machista|homofobic\w*|inaceitavel)|dizer|disse|dizem|chamar|frases?"
)  # fmt: skip
_SPAM = (
    r"free|winner|won|win|prize|cash|claim|urgent|txt|text (\w+ )?to|call now|offers?|guaranteed|discount|subscri\w*|unsubscribe|click|http\w*|www|com|bitcoin|crypto|casino|loans?|credit|ringtones?|mobile|reply|voucher|awarded|selected|per (min|msg|week)"
    r"|\d+p|nokia|sms|dating|xxx|adult|gratis|ganador\w*|premio|oferta|descuento|haz clic|prestamos?|gana dinero|gratuit\w*|gagn\w+|cadeau|promo\w*|cliquez|pret|desconto|ganhe|ganhou|clique|emprestimo|guanya|descompte|premi|inaam|jeeto|muft|lottery"
)  # fmt: skip
RULES = {"group": _GROUPS, "hostile": _HOSTILE, "aimed": _AIMED, "counter": _COUNTER, "spam": _SPAM}
FEWEST_SPAM = 2


@dataclass(frozen=True)
class Flag:
    """One flag: `abuse` or `spam`, a score, and the words that carried it."""

    code: str
    score: float
    words: tuple[str, ...]


def flags_of(text: str) -> tuple[Flag, ...]:
    """Return the flags of a redacted text, none for most."""
    line = line_of(words_of(text))
    return tuple(flag for flag in (_abuse(line), _spam(line)) if flag is not None)


def _abuse(line: str) -> Flag | None:
    aimed, hostile, group = (found_in(line, name) for name in ("aimed", "hostile", "group"))
    if found_in(line, "counter") or not (aimed or (hostile and group)):
        return None
    words = (*aimed, *hostile, *group)
    return Flag("abuse", round(1 - 0.6 ** len(words), 2), words)


def _spam(line: str) -> Flag | None:
    words = found_in(line, "spam")
    return Flag("spam", round(1 - 0.7 ** len(words), 2), words) if len(words) >= FEWEST_SPAM else None


def found_in(line: str, name: str) -> tuple[str, ...]:
    """Return the words of a folded line that one of `RULES` found."""
    return tuple(dict.fromkeys(match.group(1) for match in _rule(name).finditer(line)))


@cache
def _rule(name: str) -> Any:
    import re2

    return re2.compile(rf"\b({RULES[name]})\b")
