"""How soon a person should look, and whether a child is involved: cue rules in linear time.

The rules are those of all languages at once, on folded text (lower case, no accents), so a wrongly
detected language never hides a danger. They run on RE2, whose time grows with the text alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from backend.domain.taxonomy import CATEGORIES, Group
from workers.classify.features import line_of, words_of

CALM, SOON, TODAY, NOW = range(4)

# Each line is one language: en, es, ca, fr, pt, romanised Hindi. Words are separated by one blank.
_CUES: dict[str, tuple[str, ...]] = {
    "help": (
        (r"(is|are) (still )?(following|chasing|attacking|outside|behind) (me|us|my door)|(please )?help (me|us)"
        r"|call the police|i am hiding|(he|she|they) (is|are) (still )?outside|send help|(he|they) (is|are) still"),
        (r"(me|nos) esta(n)? (siguiendo|persiguiendo|atacando|pegando)|sigue(n)? aqui|ayudenme|ayudadme|ayuda por favor"
        r"|auxilio|llam(en|ad) a la policia|estoy escondida|esta(n)? fuera de mi casa"),
        (r"m esta(n)? (seguint|perseguint|atacant|pegant)|encara (es|son) aqui|ajudeu me|truqueu a la policia"
        r"|estic amagada|ajuda si us plau"),
        (r"(est|sont) en train de (me|nous|la)|me sui(t|vent) encore|(est|sont) encore la|au secours|aidez (moi|nous)"
        r"|appelez la police|je me cache|je suis cachee"),
        (r"esta(o)? (me|nos) (seguindo|perseguindo|atacando|batendo)|esta(o)? a seguir me|ainda esta(o)? aqui"
        r"|me ajud(em|e)|ajudem me|chamem a policia|estou escondida|socorro"),
        r"abhi (bhi )?(peeche|peecha)|bachao|madad karo|police ko bulao",
    ),
    "now": (
        r"right now|happening now|at this moment|as i write",
        r"ahora mismo|en este momento|esta pasando ahora",
        r"ara mateix|en aquest moment",
        r"en ce moment|maintenant meme",
        r"agora mesmo|neste (momento|instante)",
        r"is waqt|abhi ho raha",
    ),
    "suicidal": (
        (r"kill myself|end my life|(want|wish) to die|suicid\w*|take my (own )?life|(do not|don t) want to live"
        r"|harm(ing)? myself|better off dead|no reason to live"),
        r"quiero morir\w*|matarme yo|quitarme la vida|no quiero (seguir )?viv(ir|iendo)|acabar con mi vida|hacerme dano",
        r"vull morir( me)?|treure m la vida|no vull viure|acabar amb la meva vida",
        r"(veux|envie de) mourir|me suicider|en finir avec la vie|mettre fin a mes jours|veux plus vivre",
        r"quero morrer|tirar (a )?minha vida|nao quero (mais )?viver|acabar com a minha vida",
        r"marna chaht[ia]|khudkushi|aatmahatya|jeena nahi",
    ),
    "weapon": (
        (r"knife|knives|guns?|gunpoint|knifepoint|pistol|weapons?|machete|acid|broken bottle|armed|shot at|stabb\w+"
        r"|razor|iron rod"),
        r"cuchillo|navaja|pistola|armas?|machete|acido|botella rota|armad[oa]s?|apunal\w+|disparos?",
        r"ganivet|navalla|armes|ampolla trencada|armats?|apunyal\w+|un tret|trets",
        r"couteaux?|fusil|pistolet|arme|machette|acide|bouteille cassee|poignard\w*|coups? de feu|rasoir",
        r"faca|facao|revolver|canivete|garrafa quebrada|esfaque\w+|tiros|um tiro|mao armada",
        r"chaa?ku|bandook|hathiyar|tezaab|talwar",
    ),
    "injury": (
        (r"bleed\w*|blood|bled|unconscious|fainted|broken (arm|leg|nose|ribs?|jaw|tooth)|(to|in) (the )?hospital"
        r"|ambulance|stitches|wound\w*|injur\w+|cannot breathe"),
        r"sangr\w+|herid\w+|inconsciente|desmay\w+|(al|en el) hospital|ambulancia|me rompio (el|la)|urgencias",
        r"sagn\w+|(la|de|molta) sang|ferit\w*|ferida|inconscient|desmai\w+|a l hospital|urgencies|em va trencar (el|la)",
        r"saign\w+|(du|en) sang|blesse\w*|blessures?|evanoui\w*|a l hopital|points de suture|fracture|urgences",
        r"sangue|ferid\w+|machucad\w+|(ao|no) hospital|pronto socorro|quebrou (o )?meu|desacordad\w",
        r"khoon|ghayal|chot|behosh|aspatal",
    ),
    "mortal": (
        (r"kill (me|us|her|him)|rape (me|us|her)|murder\w*|raped|attempted rape|kidnap\w*|abduct\w*|strangl\w+"
        r"|forced (himself|me)|knows? where i live|by the throat"),
        (r"matar(me|nos|la|lo)|me iba a matar|violar(me|la|nos)|violaron|violad[ao]|violacion|secuestr\w+|estrangul\w+"
        r"|sabe(n)? donde vivo|del cuello|me forzo"),
        (r"matar (me|nos|la)|violar (me|nos|la)|van violar|violacio|segrest\w+|escany\w+|sap on visc|pel coll"
        r"|em va forcar"),
        (r"(me|nous|la) tuer|(me|nous|la) violer|violee|viol|enlevement|kidnapp\w+|etrangl\w+|sait ou j habite"
        r"|a la gorge|m a forcee"),
        r"(me|nos) matar|estupr\w+|violaram|sequestr\w+|sabe onde (eu )?moro|pelo pescoco|me forcou",
        r"maar (dega|dalega|denge)|jaan se maar\w*|balatkar|apharan",
    ),
    "hazard": (
        (r"(live|hanging|bare|loose) (wires?|cables?)|cables hang|open manhole|gas (smell|leak)|smell of gas|on fire"
        r"|about to (fall|collapse)"),
        (r"cables? (sueltos?|pelados?)|cuelgan (los )?cables|alcantarilla (abierta|sin tapa)|olor a gas|fuga de gas"
        r"|a punto de caer\w*"),
        r"cables? (pelats?|solts?)|pengen (els )?cables|claveguera (oberta|sense tapa)|olor de gas|fuita de gas",
        r"(fils|cables) (denudes|electriques)|cables pendent|bouche d egout ouverte|odeur de gaz|fuite de gaz",
        r"fios? (soltos?|descascados?|pendurados?)|fios ficam pendurados|bueiro aberto|cheiro de gas|vazamento de gas",
        r"khula manhole|taar latak\w*|nang[ie] taar|aag lagi",
    ),
    "again": (
        r"every (day|night)|again and again|for (weeks|months)|stalk\w*|waits for me",
        r"todos los dias|cada (dia|noche)|desde hace (semanas|meses)|lleva (semanas|meses)|me espera",
        r"cada (dia|nit)|una altra vegada|fa (setmanes|mesos)|m espera",
        r"tous les jours|chaque (jour|soir|nuit)|depuis des (semaines|mois)|m attend",
        r"tod[oa]s? (os )?(dias?|noites?)|ha (semanas|meses)|fica me esperando",
        r"roz|har (din|raat)",
    ),
    "minor": (
        (r"child|children|kids?|minors?|underage|school ?(girl|boy)s?|little (girl|boy|sister|brother)s?|my daughter"
        r"|my son|toddler|class [5-9]|aged? ([1-9]|1[0-7])|([1-9]|1[0-7]) (years?|yrs?) old|teen(age)?r?s?|my school"
        r"|(i|she|he) (am|is|was) ([5-9]|1[0-7]) (when|and|then|at the time|years)|primary school|high school"),
        (r"nin[oa]s?|menores|menor de edad|mi hij[oa]|colegial(a|as|es)?|mi colegio|instituto|adolescentes?|hermanit[oa]"
        r"|(tengo|tenia|tiene|de|con) ([1-9]|1[0-7]) anos"),
        (r"nen(a|es|s)?|menors|menor d edat|la meva filla|el meu fill|criatur(a|es)|adolescents?|institut"
        r"|(tinc|tenia|te|de|amb) ([1-9]|1[0-7]) anys|germana petita"),
        (r"enfants?|fillettes?|mineure?s?|ma fille|mon fils|gamine?s?|petite (fille|soeur)s?|petit (garcon|frere)"
        r"|collegiennes?|lyceennes?|lycee|mon (ecole|college)|ados?|(j ai|j avais|elle a|elle avait|de) ([1-9]|1[0-7]) ans"),
        (r"criancas?|menor de idade|minha filha|meu filho|menininha|menin[oa]s? (pequen[oa]s?|de)|minha escola"
        r"|(tenho|tinha|tem|de|com) ([1-9]|1[0-7]) anos|irmazinha|meu colegio|da escola"),
        r"ba(ch)?chch?[ieoa]|bacch[ieoa]|meri beti|mera beta|chhoti behen|nabalig|school ki ladki\w*",
    ),
}  # fmt: skip
# "No weapon", "nobody was hurt": what is denied is taken out before the rules look.
_DENIED = (
    r" (no|not|without|never|nobody|no one|sin|ningun|ninguna|nadie|sense|cap|ningu|sans|aucun|aucune|personne"
    r"|sem|nenhum|nenhuma|ninguem)( \w+)?( \w+)?( \w+)? (knife|gun|weapons?|blood|bleeding|injur\w+|arma|armas|cuchillo|navaja"
    r"|sangre|herid\w+|ganivet|navalla|sang|ferit\w*|couteau|arme|armes|bless\w+|faca|sangue|ferid\w+|machucad\w+)"
)
_GRAVE = {Group.VIOLENCE, Group.INTIMIDATION}
_PEOPLE = {*_GRAVE, Group.HARASSMENT, Group.CRIME}


@dataclass(frozen=True)
class Signs:
    """What the rules found in one text, by name."""

    found: frozenset[str]

    @property
    def minor(self) -> bool:
        """Whether a child seems to be involved."""
        return "minor" in self.found


def signs_of(text: str) -> Signs:
    """Return which cue rules a text meets."""
    line = _rule(_DENIED).sub(" ", line_of(words_of(text)))
    return Signs(frozenset(name for name in _CUES if _cues(name).search(line)))


def urgency_of(signs: Signs, codes: frozenset[str]) -> int:
    """Return 0 (calm) to 3 (act now) from what the words say and which codes are proposed or chosen.

    3: somebody is in danger now, speaks of ending their life, or a child is hurt or threatened.
    2: a weapon, an injury, a threat to life, rape, a child, or a place that can kill.
    1: violence, following or threats, or something that goes on and on.
    """
    found, groups = signs.found, {CATEGORIES[code].group for code in codes}
    people, grave = bool(groups & _PEOPLE), bool(groups & _GRAVE)
    danger = bool(found & {"weapon", "injury", "mortal"}) or "rape_assault" in codes
    # A lamp that is broken right now is no emergency; a person who is there right now may be one.
    ongoing = "help" in found or ("now" in found and (people or danger or not groups))
    if ongoing or "suicidal" in found or (signs.minor and danger):
        return NOW
    if danger or "hazard" in found or (signs.minor and grave):
        return TODAY
    return SOON if grave or (people and "again" in found) else CALM


@cache
def _cues(name: str) -> Any:
    return _rule(rf" ({'|'.join(_CUES[name])}) ")


@cache
def _rule(pattern: str) -> Any:
    import re2

    return re2.compile(pattern)
