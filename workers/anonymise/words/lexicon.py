"""Words that decide whether a word that could be a name is one: function words, months, places.

All lists are in ASCII, lower case, in all served languages together: people mix languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from workers.anonymise.words.linear import proven
from workers.anonymise.words.view import plain

_WORD = proven(r"[a-z]+")

_HINDI = """
hai hain tha thi the ka ki ke ko se mein main mai me aur par pe ye yeh wo woh vo ek nahi nahin mat bhi toh hi kya kyu
kyun kab kahan kaun kaise jab tab phir mera meri mere uska uski uske unka hum tum aap mujhe usne maine raat din sham
subah ladka ladki log aadmi aurat bhai behen didi bhaiya uncle aunty raha rahi rahe kar karta karti karte gaya gayi kiya pata kya bilkul
""".split()  # fmt: skip

_MORE = {
    "en": "he she it we you they im ive dont didnt hes shes thats hi hello hey please thanks ok yes no not when then there here two three",
    "es": "yo tu el ella usted nosotros ellos ellas eso esto ayer hoy siempre nunca mientras cuando donde luego despues antes "
    "un una uno dos los las y o pero mas porque",
    "fr": "je tu il elle on nous vous ils elles hier aujourd hui quand puis alors apres avant chez depuis toujours jamais "
    "un une deux les des et ou mais car parce",
    "pt": "eu ele ela nos voce eles elas isso isto ontem hoje quando onde depois antes sempre nunca aqui ali enquanto "
    "um uma dois tres os as e o ou mas mais porque",
    "ca": "jo ell nosaltres vosaltres ells aixo ahir avui quan despres abans sempre mai mentre on cada tot tots "
    "un una dos dues els les i o pero perque",
    "hi": "",
    # Of no language, or of all.
    "": "iban dni nie nif cpf sms gps ok bot id tv",
}  # fmt: skip

_MONTHS = {
    "en": "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre "
    "lunes martes miercoles jueves viernes sabado domingo",
    "fr": "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre "
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "pt": "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro "
    "segunda terca quarta quinta sexta sabado domingo",
    "ca": "gener febrer abril maig juny juliol agost setembre octubre novembre desembre "
    "dilluns dimarts dimecres dijous divendres dissabte diumenge",
    "hi": "",
}  # fmt: skip
MONTHS = frozenset(" ".join(_MONTHS.values()).split())

TIME_WORDS = frozenset(
    "am pm hrs hours hour hr minutes minute min mins hora horas heure heures hores oclock o'clock years year anos ano ans "
    "anys days dias jours dies weeks semanas semaines times vezes veces fois men women boys guys people hombres chicos "
    "hommes homens personas gens euros reais pesos rupees meters metros metres km around about near after before till "
    "line bus linea ligne linha platform anden quai minuts minutos age aged kmh".split()
)

# Names that are also everyday words: alone, they need a cue or a second name beside them.
AMBIGUOUS = frozenset(
    """
    ace add adora aime aimee ala alba ale alegre alegria alexandria aller ally alma alta alto ama amada
    amado amber ami amie amigo amo amor amore amos andra angel angeles ani aparecida ara arch arco arcos
    arden art asha assuncao ati aurora aurore austin avi avis azucena baby baker bala bandi barb barba
    barbero baron barra barreto barriga barrio barros bass bean beau bebe beck beer begin bela bell
    bella belle berger berry best bill bina bird bishop black blanc blanca blanch blanche blanco blas
    bode bond bonet bonita bonnet booth bosch boss boucher boulanger branch branco brand bravo brick
    bridge bright brook brooks brown brun buddy bull burns burr bush butler caballero cabeza cabezas
    cabo cabrera calvo camino campo campos camps canal candy cannon cap cara cares caridad carneiro
    carolina carretero carro carry carter carvalho casa casado casals casas case cases cash castillo
    chance chand charity charpentier chase che cherry chevalier china chip choque church cid cielo clair
    claire clara clay clear clement cliff close coca coelho colas cole come company comte conceicao
    concepcion conde constant consuelo cook cooper coral corda corra cortes costa cousin cousins coy
    crane criado cross cruz crystal curry curt dada daisy dakota dale dallas dante dara dare darling
    dash date dawn day dean deep delgado den denver der dev devi diamond dick digna doctor doll dolores
    dom don dona dot dove downs drake drew dubois duke dumont dupont duque duro dusty duval earl early
    elder encina english esperanza estel estrada estrella eta eve fabra fair faith fall fate fatima fed
    fee ferrada ferreira ferrer field fields finch fisher fleet fleur flint flood flor florence flores
    flowers fontaine ford forest forget foster fournier fox franc franco franklin french frere fresh
    friend frost fuente fuentes funk fuster gala gallo galo gamble gandhi gates gay gema gene general
    georgia germain german gil ginger glass gloria golden good grace grand grant gray green grey gros
    gross guerra guerrero gun gusta guy hale hall hand hane hank hara hardy harm harsh hart haven hazel
    heath heaven herb heron herrero hidalgo hill hood hope horn hough house hull hunter iglesia iglesias
    ike ion ireland iris irl irma israel ivy jaan jackson jade jai jay jewel job jordan jos journey joy
    judge junior justice justo jyoti kai kala kali karma karol kenya key kick kim king kiss kitty knight
    krishna lady lago lal lamb lambert lane lata law lawyer leal leblanc lebrun lee legrand leite lemon
    leroy leva levar leveque liberty liga lily lincoln linda link little lobo lone long lord lot lou
    lourdes love lower loyal luce lucky luna luz macarena mack madison mae maire major male mall malo
    man manda mandi mane mann manso manzano marchand marcos margarita marguerite mari marica marina
    marine mark marks marques marry marshall mason master mata mate matei mato matos max mays meadow
    media melody mercado mercedes mercier mercy merry mesa meta metro meunier milagros milan miles
    miller mina minor mira misty molina moliner montana monte montes montserrat moody moon moore mora
    morel moreno moss moulin muro nagar nando naranjo nascimento nee neves nieto nieves nil nino noa
    noble noe noel nogueira north oak oda ola oliva olive oliveira olivo oma ona oni oral orlando orra
    pace page pai palacio palm paloma pant parada pardo pare parent park parks parra partida pascual
    pastor pat patience pau paz peace pearl pena penny pepper pereira perla petit phoenix pia piedad
    pierre pilar pinheiro pink pino pinto pintor pio pire pires pla plana plaza pol pons pont pop pope
    porta porter post potter power pozo prado prasad prat press price prince prudence puente puerta puig
    puri queen raja ram ramos randy ras raven ray rea read real reason red reed regis reine reino reis
    remedios rey reyes ria ribeiro rica rice rich richer rick rico ridge riera ring rios river riviere
    rob robin robles roca rocha roche rocher rocio rock rod roda roig rojo rolando roll romero ros rosa
    rosas rose roux rubio ruby rush rusty ruy sable sagar sage sai said sala salas salud salva sam sandy santa
    santo santos sarai sastre savage savannah scott sears seco segura serra seven shade sharp shine
    short sierra signe diya silk silva silver sing sister skinner skip sky sloan small smart smith snow sobrino
    socorro solar soledad soler sparks spring stack star stone stormy story stout strong sue summer
    sunny swift sydney tak tara taylor tea tere terra terry tia tierra tiny todd toma toro torre torres
    true turner udo ula unknown upma vaca vall vallee vaquero vara vasco veer vega vela vento vera versa
    vida vila ville viola violeta violette vira virginia vitoria viva vivien voisin volta von wade wali
    walker wall walls wanda ward warren washington water waters weaver wells west white willy wing
    winter wise wolf wood woods worth wren wright young yug
    """.split()
)

# Of these, the ones that are hardly ever anything but a name once they have a capital letter.
CLEAR_WITH_CAPITAL = frozenset(
    """
    aimee alexandria andra angel asha aurora austin avi azucena barb bella carolina clara consuelo daisy devi dolores drew eve
    fatima gandhi georgia germain gloria hank ike ira irma israel jackson jyoti karol krishna leroy lou lourdes mae marcos
    margarita marguerite mari maria mercedes nando noel oda orlando paloma pascual pia pierre pilar randy ray rolando rocio
    ruby sandy sue sydney taylor todd udo vasco vivien violeta violette virginia wanda washington salvador max noa noe pol gil sam kim kai alma tara gala gema blas ona
    """.split()
)

# What makes a report useful is never a name, whatever a model says.
HARM = frozenset(
    """
    groping groped grope touching touched staring stared stare ogling ogled leering catcall catcalls catcalling catcalled
    whistling whistled commenting comments comment stalking stalked stalker following followed harassing harassed harasser
    harassment molested molesting molestation assaulted assault raped rape rapist flashing flashed masturbating teasing
    teased eve-teasing abused abusing abuse threatened threats robbed robbery snatched snatching pickpocket kidnapped
    pinched slapped grabbed grabbing rubbing rubbed pushed kissed winked winking hooting singing photographed filmed
    lecherous vulgar lewd indecent obscene rickshaw rick auto autorickshaw metro bus train toilet toilets
    acoso acosar acoso acosador manoseo manosear tocar toco tocaron mirar miraba piropo piropos silbar silbido seguir
    siguio perseguir violacion violador agresion agredio amenaza amenazo exhibicionista insulto insultos robo
    harcelement harceleur harcele attouchement attouchements siffle sifflement suivie suivi insulte viol violeur agression
    agresse exhibitionniste menace frotteur frottement remarques regards
    assedio assediador assediou apalpou apalpar cantada cantadas assobio assobiou perseguiu estupro estuprador agressao
    ameaca ameacou olhares
    assetjament assetjador tocaments tocar xiulets xiular seguia perseguia violacio agressio amenaces insults robatori
    chhedkhani chhed ched chhedchhad ghoor ghoorna seeti peecha pichha haath quot amp
    """.split()
)

# Function words of one language that are names in another, once they have a capital letter and are announced.
MAY_BE_NAMES = frozenset("ali ella mia sem jan rei ela ana iris eva ada noa mai than tal".split())

# Cities, districts and countries that also stand in lists of names; they make a report useful.
PLACES = frozenset(
    "barcelona madrid valencia sevilla zaragoza malaga bilbao granada toledo leon cordoba catalunya catalonia espana spain "
    "paris lyon marseille france londres london lisboa lisbon porto portugal brasil brazil brasilia recife salvador rio "
    "bogota medellin cali mexico lima quito caracas santiago buenos aires argentina chile colombia peru delhi mumbai "
    "kolkata india bangalore chennai pune nagpur agra chicago houston york montreal quebec canada europa europe africa "
    "asia america sants gracia raval eixample sarria horta montjuic tibidabo catedral sagrada familia roma berlin "
    "victoria chelsea camden brooklyn manhattan bronx queens harlem sol atocha chamartin lavapies malasana usera "
    "belleville montmartre chatelet bastille republique nation nord est ouest sul norte sur este oeste".split()
)


def _function_words(language: str) -> frozenset[str]:
    """Read spaCy's function words of a language, in ASCII, split where they have apostrophes."""
    words: set[str] = import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS
    return frozenset(part for word in words for part in _WORD.findall(plain(word).lower()))


FUNCTION_WORDS = {language: _function_words(language) for language in ("en", "es", "fr", "pt", "ca")} | {
    "hi": frozenset(_HINDI)
}
STOP = frozenset().union(*FUNCTION_WORDS.values(), " ".join(_MORE.values()).split())
# What is never a name unless something else says so; and never in one language, though it may be in another.
NEVER = STOP | MONTHS | TIME_WORDS | PLACES | HARM


def _never_in(*languages: str) -> frozenset[str]:
    small = (part for each in languages for part in (_MORE[each], _MONTHS[each]))
    words = frozenset(" ".join((*small, _MORE[""])).split())
    return words.union(*(FUNCTION_WORDS[each] for each in languages)) | TIME_WORDS | PLACES | HARM


# Whoever writes Hindi in Latin letters writes English words among it.
NEVER_IN = {each: _never_in(each) for each in ("en", "es", "fr", "pt", "ca")} | {"hi": _never_in("hi", "en")}


def languages_in(words: Sequence[str]) -> tuple[str, ...]:
    """Return the languages whose function words are met most often; several when they tie."""
    met = {language: sum(map(known.__contains__, words)) for language, known in FUNCTION_WORDS.items()}
    most = max(met.values())
    return tuple(language for language, count in met.items() if count == most)
