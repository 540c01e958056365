"""Street addresses with a number go; the names of streets and squares alone stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workers.anonymise.words.lexicon import MONTHS, STOP, TIME_WORDS
from workers.anonymise.words.linear import Match, Pattern, Scan, literal, proven
from workers.anonymise.words.rules import rule

_EN = (
    r"(?:street|st|str|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace|"
    r"crescent|cres|close|row|mews|parkway|pkwy|highway|hwy|crossroad|crossing|trail|circle|alley|walk|way|"
    r"marg|nagar|colony|chowk|gali|vihar|enclave)"
)
_ROMANCE = (
    r"(?:calle|c/ ?|avenue|c\. ?|callejon|avenida|avda|avd|av|ave|plaza|pza|pl|paseo|pso|camino|carretera|ctra|ronda|travesia|glorieta|"
    r"carrer|avinguda|avgda|placa|passeig|pg|passatge|ptge|rambla|travessera|baixada|"
    r"rue|boulevard|bd|blvd|place|quai|impasse|allee|chemin|cours|square|faubourg|passage|route|"
    r"rua|r\.|travessa|tv|praca|alameda|largo|estrada|rodovia|ladeira|beco|viela|"
    r"via|viale|piazza|ul\.|ulica|os\.|jalan|jl\.)"
)
_NUMBER = r"\d{1,6}[A-Za-z]?"
_CAP = r"[A-Z][A-Za-z'.-]*"
_UNIT = (
    r"(?i:apt|apartment|apartamento|apto|flat|suite|unit|box|room|departamento|depto|piso|pis|planta|puerta|porta|"
    r"appartement|appt|andar|bloco|bloque|torre|escalera|escala|esc|etage|bajos|baixos|habitacion|po box|p\.o\. box)"
)
_UNIT_TAIL = rf"(?:,?\s+{_UNIT}\.?\s*(?:no\.?\s*|#)?[A-Za-z]?\d{{0,5}}[A-Za-z]?\b)"
_FLOOR = r"(?:,?\s+\d{1,2}(?:o|a|er|eme|e|r|n|t|st|nd|rd|th)\b(?:[ ,]+\d{0,2}[A-Za-z]?a?\b)?)"
_TOWN = rf"(?:\s*,?[\s>]+(?:{_CAP}|de|del|la|d'|nan)){{0,8}}"
_POST = r"(?:\d{5}(?:-\d{3,4})?|\d{4}(?:-\d{3})?(?: [A-Z]{2})?|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)\b"
_LINES = rf"(?:\s*,?\n[ >]*{_CAP}(?: {_CAP})?){{2}}"
_TOWN_LINE = (
    rf"(?:,?\n[ >]*{_CAP}(?: (?:{_CAP}|do|da|de|la|del)){{0,3}},? (?:[A-Z]{{2}}|\d{{2}}),? \d{{4,6}}\b)"
)
# The lines of an address on an envelope, down to the one that ends with the post code.
_BLOCK = r"(?:(?:[ ,]*\n[ >?,]*[^\n\d]{0,40}(?:\d{1,2})?){1,4} ?\b\d{4,6}\b)"
_TOWN_AFTER_UNIT = rf"(?:,?[ \n]{_CAP}[A-Za-z](?: {_CAP}){{0,3}}(?: nan)?)"
_TAIL = rf"(?:{_UNIT_TAIL}|{_FLOOR}){{0,3}}(?:{_BLOCK}|{_TOWN_LINE}|{_TOWN}\s*,?[\s>]+{_POST}|,?\s+{_POST}(?:,?\s+{_CAP}){{0,2}}|(?:,\s{_CAP}(?:\s{_CAP}){{0,2}}){{2}}|{_LINES})?"
_UNIT_TOWN = rf"(?:{_UNIT_TAIL}{_TOWN_AFTER_UNIT})"
_WAY = r"(?i:strasse|gasse|platz|weg|baan|straat|laan|gade|vej|gate|gata|terrasse|utca|utja|ut|u\.|ter|trg|ulica|ulice|tie|kapu|bulevar)"
_NO = r"(?:,?\s*(?i:numero|number|num|no|n|altura|#)\.?\s*|,?\s+)"
_LIVES = (
    r"(?i:\b(?:address(?:es)?(?: is| to|:)|lives? (?:at|on|in)|living (?:at|in)|resid(?:es?|ing) at|house (?:no|number)|"
    r"located at|meet (?:me|you) at|viven? en|vivo en|direccion(?: es|:)|domicilio(?: es|:)?|"
    r"habitent?(?: au| a)?|adresse(?: est|:)|mor(?:a|o|am) (?:na|no|em)|endereco(?: e|:)|viu al?|viuen al?|visc al?|"
    r"adreca(?: es|:)|ka ghar|ghar ka pata))"
)
_YEAR = 4
_TOKEN = proven(r"[A-Za-z]+")
_PARTICLES = frozenset(
    "de del la las los el da do dos das des du le les l d san santa sant saint sainte sao".split()
)


def _is_street(match: Match) -> bool:
    """Refuse "calle a las 10" and "10 pm near the main road": words between are a name's words."""
    named = [word for word in _TOKEN.findall(match.group(2)) if word.lower() not in _PARTICLES]
    return bool(named) and not any(word in STOP or word.lower() in TIME_WORDS for word in named)


def _is_code(match: Match) -> bool:
    """Refuse "Agosto 2019" and "Paris 2024": four digits that may be a year."""
    word, digits = match.group(2).lower(), match.group(3)
    year = len(digits) == _YEAR and digits[:2] in {"19", "20"}
    return not year and word not in MONTHS and word not in TIME_WORDS and word not in STOP


def _is_named(match: Match) -> bool:
    words = {word.lower() for word in _TOKEN.findall(match.group(1))}
    named = any(char.isupper() for char in match.group(1))
    return named and not words & MONTHS and not words & TIME_WORDS


def _is_home(match: Match) -> bool:
    words = [word.lower() for word in _TOKEN.findall(match.group(1))]
    return not any(word in TIME_WORDS for word in words)


RULES = (
    rule("address", "post-code", 0.9, r"(?i)\b(?:zip|postal|postcode|pincode|pin|cep|codigo postal|code postal|codi postal)(?: ?code)?\b(?:\s?(?:is|was|es|est|e|:|=|number))*\s*([a-z]{0,2}\d{2,6}(?:[ -]?\d{2,4})?(?: ?[a-z]{2}\b)?)"),
    rule("address", "town-and-code", 0.6, r"\b(([A-Z][A-Za-z'.-]*) (\d{4,5}(?:-\d{3})?))\b", _is_code),
    rule("address", "code-line", 0.7, r"\n[ >]*(\d{3,5}(?:-\d{3,4})?)[ ]*(?:$|\n)"),
    rule("address", "corner", 0.8, r"(?i)\b((?:the )?corner of [^,\n]{0,40}\d[^,\n]{0,20} and [a-z'.-]+ [a-z'-]+)"),
    rule("address", "corner-first", 0.8, r"(?i)\b((?:the )?corner of [^,\n]{1,40} \d{1,5}\b\.?)"),
    rule("address", "ship", 0.9, r"(?i)\b((?:us[a-z]{1,4} )?[a-z]+\n(?:fpo|apo|dpo) [a-z]{2} \d{5})\b"),
    rule("address", "way-after", 0.85, rf"\b((?:\d{{1,6}} )?[A-Z][A-Za-z.-]*(?: [A-Za-z-]+)? {_WAY} \d{{1,5}}\b\.?{_UNIT_TOWN}?{_TAIL})", _is_named),
    rule("address", "compound-lower", 0.8, r"\b((?:\d{1,6} )?[a-z]{3,}(?:strasse|gasse|platz|gatan|katu|straat|vej|vegur|brucke) \d{1,5}\b)"),
    rule("address", "unit-town", 0.8, rf"\b({_UNIT}\.?\s*\d{{1,5}}{_TOWN_AFTER_UNIT})"),
    rule("address", "number-first", 0.9, rf"\b((?:\d{{1,6}} )?{_NUMBER},?\s((?:[A-Za-z0-9'.-]+ ){{0,3}}[A-Za-z0-9'-]+) (?i:{_EN})\b\.?(?: \d{{1,5}}\b)?{_TAIL})", _is_street),
    rule("address", "romance-number-first", 0.9, rf"\b((?:\d{{1,6}} )?\d{{1,4}}(?: ?(?:bis|ter|quater|[A-D]))?,?\s(?i:{_ROMANCE})\s((?:(?:de|du|des|la|le|les|d|l|saint|sainte)[ '-])*[A-Za-z][A-Za-z-]*(?:[ -](?:(?:de|du|des|la|le|les|d|l)[ '-])*[A-Z][A-Za-z-]*){{0,4}}){_TAIL})", _is_street),
    rule("address", "number-after", 0.9, rf"(?:^|[^A-Za-z0-9])((?:\d{{2,6}} )?(?i:{_ROMANCE})(?:\s|\b)((?:[A-Za-z][A-Za-z'.-]*[ ,]{{1,2}}){{0,6}}[A-Za-z][A-Za-z'.-]*){_NO}\d{{1,5}}[A-Za-z]?\b{_TAIL})", _is_street),
    rule("address", "numbered-street", 0.9, r"(?i)\b((?:calle|carrera|cra|cll?|kra?|diagonal|transversal|avenida|av)\.? ?\d{1,3} ?[a-z]?(?: bis)? ?(?:#|no\.?|n\.?|con) ?\d{1,3} ?[a-z]?(?: ?- ?\d{1,3})?\b)"),
    rule("address", "compound-street", 0.85, r"\b((?:\d{1,6} )?[A-Z][a-z]*(?:strasse|strase|str\.|gasse|platz|gatan|vagen|katu|kuja|tie|laan|straat|vej|gade|straede|vaenget|veien|vollen|gata|vegur|utca) \d{1,5}[A-Za-z]?)\b"),
    rule("address", "between-numbers", 0.75, rf"\b(\d{{2,6}} (?:{_CAP}|[a-z]{{1,3}}\.?)(?: (?:{_CAP}|[a-z]{{1,3}}\.?)){{0,4}} \d{{1,5}}[A-Za-z]?\b\.?{_TAIL})", _is_named),
    rule("address", "name-before-unit", 0.8, rf"((?:\b\d{{1,6}} )?(?:\b(?:{_CAP}|\d{{1,5}})[ \n]+){{1,5}},?\s*{_UNIT}\.?\s*\d{{1,5}}[A-Za-z]?\b{_TAIL})", _is_named),
    rule("address", "unit", 0.7, rf"\b({_UNIT}\.?\s*(?:no\.?\s*|#)?\d{{1,5}}[A-Za-z]?)\b"),
    rule("address", "lives", 0.85, rf"{_LIVES}[:\s]+((?:[A-Za-z'.-]+[ ,]{{1,2}}){{0,4}}\d{{1,6}}[A-Za-z]?\b(?:\s{_CAP}){{0,4}}(?:\s\d{{1,5}}\b)?{_TAIL})", _is_home),
    rule("address", "post-line", 0.7, rf"(?:,|\n)[ >]*({_CAP}(?:\s{_CAP}){{0,2}},? [A-Z]{{2}},? \d{{4,6}})\b"),
    rule("address", "post-box", 0.8, r"(?i)\b((?:unit \d+ )?(?:p\.? ?o\.? ?)?box \d{1,6}(?:\s+(?:dpo|apo|fpo) [a-z]{2} \d{5})?)\b"),
    rule("address", "coordinates", 0.9, r"(-?\b\d{1,3}\.\d{4,}[ ,;]{1,3}-?\d{1,3}\.\d{4,})\b"),
)  # fmt: skip

# A square or street named after someone is a place; so is what is "of" a station or a park.
PLACES = (
    Pattern(
        rf"\b(?i:{_ROMANCE}|metro|estacion|estacio|estacao|gare|station|parque|parc|park|jardin|jardim|jardins|barrio|barri|"
        r"bairro|quartier|mercado|mercat|marche|mercado|hospital|hopital|escuela|escola|ecole|colegio|instituto|"
        r"universidad|universidade|universite|iglesia|esglesia|igreja|eglise|parada|terminal|cine|estadio|playa|praia|"
        r"plage|platja|torre|pont|puente|ponte)\s+"
        r"(?:(?i:de|del|de la|de las|de los|da|do|dos|das|des|du|d'en|d'|l'|en|la|el|les|los|las|san|santa|sant|saint|sainte|sao)[ '-]?)+"
        r"[A-Z][A-Za-z'.-]*(?:[ -][A-Z][A-Za-z'.-]*)?"
    ),
    Pattern(rf"\b(?i:{_ROMANCE})\s[A-Z][A-Za-z'.-]*(?:[ -][A-Z][A-Za-z'.-]*)?"),
    Pattern(
        rf"\b(?:[A-Z][A-Za-z.-]*(?:'s)? ){{1,2}}(?:(?i:{_EN}|station|park|bridge|market|hospital|school|college|university|"
        r"church|cross|gate|garden|gardens|mall|airport|temple|stadium|beach|tower|bar|bazaar|bazar))\b"
    ),
)


def places_pattern(names: Iterable[str]) -> Pattern | None:
    """Compile the names of a city's areas, given in plain letters, into one pattern."""
    longest_first = sorted({literal(name) for name in names if name}, key=len, reverse=True)
    return Pattern(r"(?i)\b(?:" + "|".join(longest_first) + r")\b") if longest_first else None


def find_places(scan: Scan, areas: Pattern | None = None) -> Iterator[tuple[int, int]]:
    """Find names of places that may sound like people: Plaza de Juan Carlos, Martin Street.

    `areas` is what `places_pattern` made of the city's own names.
    """
    for pattern in filter(None, (*PLACES, areas)):
        for match in scan.matches(pattern):
            yield match.span()
