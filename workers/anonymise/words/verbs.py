"""Regular verbs in the persons and tenses in which a story tells whom somebody told, met or blamed."""

from __future__ import annotations

from collections.abc import Iterator

# Stems by conjugation, with the endings of present, past, imperfect, infinitive, gerund and orders, in ASCII.
_STEMS = {
    "es": {
        "ar": "pregunt avis llam denunci encontr ayud habl acus culp cont contest grit bes abraz salud busc acompan "
        "mir escuch insult agarr esper am odi cit mencion nombr identific interrog",
        "er": "conoc reconoc agradec respond tem defend",
        "ir": "escrib ped segu descubr describ",
    },
    "pt": {
        "ar": "pergunt avis cham denunci encontr ajud fal acus culp cont grit beij abrac cumpriment busc procur acompanh "
        "olh escut insult agarr esper am odi lig mand mencion identific apresent apont",
        "er": "conhec reconhec agradec respond escrev defend",
        "ir": "ped ouv assist descobr",
    },
    "ca": {
        "ar": "pregunt avis truc crid denunci trob ajud parl acus culp cont salud busc acompany mir escolt insult agaf "
        "esper estim odi esment identific abrac anomen deman",
        "er": "coneix reconeix tem respond",
        "ir": "agra dir serv describ segu",
    },
    "fr": {
        "er": "demand appel rencontr aid parl accus blam racont cri salu cherch accompagn regard ecout insult aim detest "
        "denonc mentionn nomm identifi interrog remerci",
        "ir": "ment trah",
        "re": "repond entend attend defend",
    },
}
_ENDINGS = {
    "es": {
        "ar": "o as a amos an e aste aron aba aban ar ando ado en ale arle ele",
        "er": "o es e en i iste io ieron ia ian er iendo ido a an",
        "ir": "o es e en i iste io ieron ia ian ir iendo ido a an",
    },
    "pt": {
        "ar": "o as a amos am ei aste ou aram ava avam ar ando ado em",
        "er": "o es e em i este eu eram ia iam er endo ido am",
        "ir": "o es e em i iste iu iram ia iam ir indo ido am",
    },
    "ca": {
        "ar": "o es a em en ava aven ar ant at i in eu",
        "er": "o  em en ia ien er ent ut i in eu",
        "ir": "o  im en ia ien ir int it i in iu eix eixen",
    },
    "fr": {
        "er": "e es ons ez ent ais ait aient er ee ees ant ai a",
        "ir": "is it ons ez ent ais ait aient ir i ie ant",
        "re": "s  ons ez ent ais ait aient re u ue ant is it",
    },
}


def _forms(language: str) -> Iterator[str]:
    for kind, stems in _STEMS[language].items():
        for ending in _ENDINGS[language][kind].split(" "):
            yield from (stem + ending for stem in stems.split())


TELLING = frozenset(form for language in _STEMS for form in _forms(language) if form.isascii())
