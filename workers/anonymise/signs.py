"""Words on signs that say what a place or a car is and never whose: the only text that stays readable in a photo."""

import re
import unicodedata

# A sign stays only when it was read this surely, and when it says nothing but these words.
SURE = 0.97
WORDS = frozenset(
    """
    stop yield slow exit entrance entry open closed push pull danger caution warning toilet toilets wc taxi bus
    metro subway station underground tram train parking police ambulance hospital pharmacy library school park
    playground crossing pedestrians oneway no smoking keep clear
    alto pare salida entrada abierto cerrado peligro cuidado aseos baños parada estación tren aparcamiento policía
    ambulancia farmacia biblioteca escuela colegio parque paso peatones prohibido fumar
    sortie entrée ouvert fermé attention toilettes arrêt gare police pharmacie bibliothèque école parc piétons
    interdit stationnement
    saída aberto fechado perigo banheiro paragem ponto estação trem comboio estacionamento polícia ambulância
    farmácia hospital biblioteca escola parque pedestres peões proibido
    sortida obert tancat perill lavabos parada estació tren aparcament policia ambulància farmàcia vianants
    """.split()
)
# A car's maker can be told from its shape as well.
MAKERS = frozenset(
    """
    audi bmw byd changan chery chevrolet chrysler citroën citroen cupra dacia daewoo daf daihatsu dodge fiat ford
    geely honda hyundai iveco jac jeep kia lada lancia lexus mazda mercedes mini mitsubishi nissan opel peugeot
    renault rover scania seat skoda škoda smart subaru suzuki tata tesla toyota vauxhall volkswagen volvo vw
    """.split()
)
_BETWEEN = re.compile(r"[\s!.:/-]+")


def is_sign(text: str, score: float) -> bool:
    """Tell whether a line that was read with a score from 0 to 1 is surely a public sign."""
    words = [word for word in _BETWEEN.split(unicodedata.normalize("NFC", text).casefold()) if word]
    return score >= SURE and bool(words) and all(word in WORDS or word in MAKERS for word in words)
