"""Which of a city's languages a text is written in."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

from workers.classify.features import plain, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

HINDI = "hi"
# Words of romanised Hindi that the other served languages hardly use; the detector knows Devanagari only.
HINDI_CUES = frozenset(
    "hai hain nahi nahin mujhe mujhse usne unhone aur kya kyun ladka ladke ladki ladkiyon aadmi raat "
    "raste rasta gali sadak bahut tha thi raha rahi rahe kar karte karta karti gaya gayi mein meri mera "
    "mere woh yeh yahan wahan koi kuch peecha peeche ghoor haath chhua bheed andhera roshni sunsaan "
    "dhamki gaali gande gandi kharab paas bahar ghar wala wale aankh chedte ched "
    "ek hua hui hue galat jagah dikha dikhaya diya liya baat sabke apni apna apne khade toota tooti rehta "
    "rehti kisi bolte bole shabd cheen chori maar peet batti ladkon kheench sharab sharabi hoti hota "
    "maine kiya kiye kiyi humein hamein hamara hamari humara humari tumhe tumhari aapko akele akeli akela intezaar "
    "intezar kaha bola boli dekha dekhi dekhte lagta lagti laga lagi aaya aayi aaye gaye jaate jaati jaata jate jati "
    "uska uski uske unka unki unke isko usko mujhko abhi kabhi hamesha roz rozana subah shaam dopahar raaste rasto "
    "log logon seeti maari maara pakda pakad dhakka saamne samne upar neeche andar baad pehle bohot bohat zyada "
    "bilkul sirf chahiye sakti sakta sakte karo rha rhi rhe hoon hua isliye kyunki lekin magar phir toh jab tab "
    "aurat auraton mahila larki larka beti behen bachche bachcha dukaan bheekh gussa dara darr lagne chalte chalti "
    "khada khadi baitha baithi utar utara pohunchi pahunchi wapas waha yaha kahan kaise kaun kitna itna din dinon mahine".split()
)
# Two cues that are a fifth of the words: a lone "par" or "hain" in another language is not enough.
FEWEST_CUES, SHARE_OF_CUES = 2, 0.2
FEWEST_LETTERS = 3
# What the detector must be sure of to overrule what the resident told.
SURE_AGAINST_TOLD = 0.9


class Languages:
    """Detects a language among those a city serves; building one reads the detector's table once."""

    def __init__(self, served: Sequence[str]) -> None:
        self.served = tuple(dict.fromkeys(served))
        self._identifier = _identifier(self.served)

    def detect(self, text: str, told: str | None = None) -> str | None:
        """Return the language of a text as a served code, or None when nothing tells it."""
        trusted, text = told if told in self.served else None, plain(text)
        if sum(sign.isalpha() for sign in text) < FEWEST_LETTERS:
            return trusted
        if HINDI in self.served and _is_hindi(text):
            return HINDI
        return self._by_letters(text, trusted)

    def _by_letters(self, text: str, trusted: str | None) -> str | None:
        if self._identifier is None:
            return trusted or next(iter(self.served), None)
        language, sure = self._identifier.classify(text)
        if trusted:
            return str(language) if sure >= SURE_AGAINST_TOLD else trusted
        return str(language)


def _is_hindi(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    devanagari = sum("DEVANAGARI" in unicodedata.name(sign, "") for sign in letters[:200])
    if devanagari > len(letters[:200]) / 2:
        return True
    words = [word.folded for word in words_of(text)]
    cues = sum(word in HINDI_CUES for word in words)
    return cues >= FEWEST_CUES and cues >= SHARE_OF_CUES * len(words)


@cache
def _identifier(served: tuple[str, ...]) -> Any:
    """The detector restricted to the languages it knows; None when fewer than two of them are left."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = [language for language in served if language in identifier.labels]
    if len(known) < 2:  # noqa: PLR2004 - there is nothing to choose among
        return None
    identifier.set_languages(known)
    return identifier
