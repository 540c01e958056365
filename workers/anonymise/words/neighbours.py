"""Words that stand beside a name nobody has listed, in the served languages, in ASCII."""

from __future__ import annotations

from workers.anonymise.words.verbs import TELLING


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Between a cue and the name it announces: articles of people, and small words without meaning here.
FILLERS = _set(
    "la el en na l d o a al ao le les senor senora monsieur madame senhor senhora senyor senyora don dona"
)
# Who a person is to somebody, or what they do.
PEOPLE = _set(
    """
    boss manager supervisor neighbor neighbour colleague coworker worker friend bestfriend classmate flatmate roommate teacher
    coach trainer landlord boyfriend girlfriend husband wife partner brother sister cousin mother father mom mum dad son
    daughter stepfather stepdad stepbrother nephew niece uncle aunt client tutor driver guard doctor ex nurse man woman guy boy
    girl kid lady conductor cleaner shopkeeper waiter cook named called dr mr mrs ms miss mister sir professor prof officer
    constable inspector sergeant witness student pupil class baker
    jefe jefa encargado encargada vecino vecina companero companera amigo amiga novio novia marido mujer esposa esposo pareja
    hermano hermana primo prima madre padre mama hijo hija padrastro sobrino sobrina tio tia profe profesor profesora maestro
    maestra entrenador portero conserje casero cunado cunada cliente doctora medico medica conductor conductora vigilante guardia
    senor senora senorita senores sr sra srta don dona hombre chico chica tipo clase alumno alumna testigo camarero chofer suegra suegro
    patron patronne chef cheffe voisin voisine collegue ami amie copain copine mari femme compagnon frere soeur
    cousine mere pere fils fille neveu oncle tante entraineur proprietaire gardien gardienne concierge chauffeur docteur
    monsieur madame mademoiselle mme mlle maitre garcon homme type classe eleve temoin serveur professeur professeure maitresse
    chefe chefa patrao patroa vizinho vizinha colega namorado namorada irmao irma primo mae pai filho filha cunhado cunhada
    professor professora treinador porteiro senhorio motorista seguranca senhor senhora doutor doutora rapaz homem moca moco
    turma aluno aluna testemunha sogra sogro menino menina
    cap veina vei company companya amic amiga xicot xicota germa germana cosi cosina mare pare fill filla cunyat cunyada
    entrenador porter vigilant conductora senyor senyora noi noia home dona classe alumne testimoni cambrer sogra
    dost saheli behen bhai padosi padosan ladka ladki aadmi chacha mama boss guard madam didi bhaiya aunty shri shrimati smt
    stepmother doorman bouncer janitor nanny cop deputy grandfather grandmother grandma grandpa fiance fiancee bestie roomie
    caretaker plumber courier dentist
    madrastra agente taxista director directora revisor nieto nieta abuelo abuela sobrina vigilanta repartidor panadero
    frutero dentista enfermero enfermera limpiadora cajera
    agent controleur conducteur directeur directrice medecin infirmier infirmiere stagiaire livreur boulangere caissiere
    cousin belle filleul
    padrasto madrasta guarda cobrador diretor diretora fiscal avo avoo neto neta sobrinho sobrinha cabo delegado
    enfermeiro enfermeira padeiro padeira seguranca faxineira zelador sindico entregador mestre comadre compadre afilhado
    padrastre madrastra cosins nebot neboda avi avia net neta sogre gendre jove mosso guardia caixer caixera metge metgessa
    infermer infermera mestre mestra cunyada tiet tieta padri padrina fiscal repartidor forner fornera
    jija devar sasur nana nani dada dadi mausi bua thekedar chowkidar malik
    """
)
# Of these, words for anybody: in lower case a verb follows more often than a name.
ANYBODY = _set(
    "man woman guy boy girl kid lady hombre chico chica tipo homme garcon type rapaz homem moca moco menino menina noi noia "
    "home ladka ladki aadmi clase class classe turma pupil student alumno alumna aluno aluna alumne eleve named called cap pare"
)
TITLES = _set(
    "don dom dr mr mrs ms miss mister doctor professor prof officer inspector teacher senor senora sr sra srta doctora profesor profesora "
    "docteur monsieur madame mademoiselle mme mlle professeur professeure senhor senhora doutor doutora professora senyor senyora"
)
TOLD = (
    _set(
        """
    told tell ask asked asking call called calling phoned saw see met meet know knew shouting shouted screamed thank thanks
    report reported accuse accused trust blame blamed hate love recognised recognized warn warned
    dije dijo diga digan decir decirle dile pregunten pregunta pregunte preguntar preguntale llame llamo llamar conozco conoce vi vio
    gritaban gritaba gritar denuncie denunciar avise avisar odio
    dit dites dire dis demandez demander demande appele appeler appelle vu connais crie criaient criait prevenu prevenir remercie
    contei disse digam dizer perguntem perguntar pergunta chamei chamar conheco gritavam gritava avisei avisar
    dir dic digueu digui pregunteu preguntar truca trucar trucat vist conec cridaven cridava avisar
    chilla bulaya pucho pucha bataya batana bolo
    gracias merci obrigada obrigado gracies
    """
    )
    | TELLING
)
WITH = _set(
    "with con avec com amb against contra contre by par chez sans without versus vs sin sem sense segun segundo segons selon"
)
AND = _set("and y et e i aur und ou or o u")
SIGNED = _set(
    "gracias merci obrigada obrigado gracies thanks signed firmado firma firmat signat signe assinado assina regards saludos atentamente cordialement abracos sincerely yours"
)
# "I am X": what stands before a name somebody gives for themselves.
AM = _set(
    "am im soy suis sou soc llamo llama llamaba appelle appelait chamo chama chamava dic diu deia naam named"
)
THAT = _set("that que qui ki says say sabe saben sait savent sabem saps sap")
KNOWS = _set(
    "knows know saben sabe sait savent sabem sap saben saps jaante says said dice dicen dijo dit disse diuen"
)
# What follows the name of somebody who does or is something.
DOES = {
    "en": _set(
        """
        was is has had were said says told did does knows wants lives came went stood touched grabbed followed groped kissed
        hit slapped pinched pushed threatened kept keeps always never started tried pulled showed sent sits works who locked
        will would can could stole took gave looked stared saw asked works
        """
    ),
    "es": _set(
        """
        estaba esta es era ha me nos le les se hace hizo fue tiene vive trabaja dijo toco siguio agarro grito va iba sabe quiso
        queria y que no siempre ya tambien
        """
    ),
    "fr": _set("etait est m nous a fait avait vit travaille habite dit sait va voulait et qui s ne l"),
    "pt": _set(
        "estava esta e era faz me nos foi tem mora trabalha disse tocou seguiu agarrou gritou veio quis sabe seguiu vai que se"
    ),
    "ca": _set("em ens era estava es fa va ha viu treballa deia tocava s m que i seu"),
    "hi": _set("ne ko ka ki ke bhaiya bhai bhaiyya ji madam sir aunty uncle didi sahab saab hai naam"),
}
ANY_DOES = frozenset().union(*DOES.values())
HINDI_AFTER = _set("ne ko ka ki ke se bhaiya bhai bhaiyya ji madam sir aunty uncle didi sahab saab naam hai")
# Before "and X" these make X a person, too.
PRONOUNS = _set(
    "i me you he him she her we they yo tu el ella je moi toi lui elle eu ele ela jo ell main tum"
)
# What is somebody's, where a place would have another word: "the house of X", "la casa de X".
BELONGS = _set(
    """
    house home flat car phone dog voice hands name fault face casa piso coche moto perro movil voz culpa cara nombre novia
    maison voiture chien voix faute visage appartement carro carrinha cao voz nome apartamento telemovel celular cotxe gos veu
    nom mobil pis
    """
)
# Between two names that "and" joins: "to X and to the Y".
LINKS = _set("a o ao la el en na l al le d de do da con com amb avec with")
JOINS = AND | LINKS
# Articles that stand before the name of a person.
PERSONAL = {
    "ca": _set("en na"),
    "pt": frozenset(),
    "es": frozenset(),
    "fr": frozenset(),
    "en": frozenset(),
    "hi": frozenset(),
}
# Articles that stand before names as before any other word.
NAMING = {"ca": _set("en na la el l"), "pt": _set("o a ao do da pelo pela")}
# Before the name of a place.
AT_PLACE = _set(
    """
    at in near from towards toward via around inside outside through across into onto behind opposite beside leaving reaching
    visiting visited between reached within crossing passing along during the
    desde hasta hacia cerca entre por sobre
    dans pres vers depuis jusqu jusque entre sur des
    em no na nos nas ate perto pelo pela desde
    fins prop cap entre
    """
)
# These stand before places and before people, and what stands before them tells which.
EITHER = _set("a al to de of d do da du del dels di ao as en")
GOES = _set(
    """
    fui fue voy va iba ir vamos iban llegue llegar llegando viajando camino volver volvia regreso vuelta tren viaje
    vou foi fomos indo chegar cheguei viagem trem anar anava arribar cami tornar tornava prop viatge
    go going went gone travel travelling traveling drive walking walk walked came come moved way trip bus train flight back road
    aller vais allait alle arrive arriver
    """
)
LINES = _set("l m r n h v d line linea linia ligne linha bus metro tram")
PLACE_AFTER = _set("mein me tak par wala")
# Among capitalised words these make the name of a place or of a company.
NOT_PEOPLE = _set(
    """
    foundation company corporation corp inc ltd llc plc group club orchestra band association university college school academy
    institute hospital clinic bank church mosque temple mandir masjid station terminal airport road street avenue lane square
    park garden gardens mall market bazaar bazar plaza bridge tower towers beach hotel cafe restaurant bar pub cinema theatre
    stadium gymkhana house building apartments complex colony nagar puri ganj vihar marg chowk bagh pur gali extension sector block
    west east north south norte sur sul sud nord este oeste est ouest central city town village district county state river lake mountain hill hills island bay
    areas bypass security vendor conductor airlines railway metro bus line app news times post day week award committee council department ministry police
    party union league cup festival museum library gallery center centre stripes song album
    calle avenida barrio estacion hospital escuela colegio universidad banco asociacion ayuntamiento rue gare quartier
    rua bairro escola faculdade carrer escola ajuntament associacio
    """
)
