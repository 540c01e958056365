"""Words of abuse in six languages, in folded form, and what shows that somebody only tells of it or objects."""

from __future__ import annotations

# Kinds of people who are abused for what they are.
GROUPS = (
    r"wom[ae]n|girls?|females?|blacks?|(black|brown|asian|disabled|gay|trans) (people|folks?|wom[ae]n|men)|gays?|lesbians?|trans|transgender\w*|muslims?|jews?"
    r"|immigrants?|migrants?|refugees?|foreigners?|disabled|feminis\w+|homosexual\w*|wives|wife|ladies|chicks?|bitches|hoes|moms?|mothers"
    r"|mujer(es)?|chicas?|negr[oa]s?|gais|lesbianas?|transexual\w*|musulman\w*|judi[oa]s?|inmigrantes?|migrantes?|refugiad[oa]s?|extranjer[oa]s?|discapacitad[oa]s?"
    r"|minusvalid[oa]s?|indigenas?|gitan[oa]s?|asiatic[oa]s?|feminist\w*"
    r"|don(a|es)|noi(a|es)|estranger\w*|immigrants|musulman\w*|jueu\w*|negre(s)?|discapacitat\w*"
    r"|femmes?|filles?|noire?s?|lesbiennes?|juifs?|juives?|immigree?s?|etrangere?s?|refugiee?s?|handicapee?s?|arabes?|asiatiques?|roms|tsiganes?|homosexuel\w*"
    r"|mulher(es)?|meninas?|lesbicas?|travestis?|imigrantes?|refugiad[oa]s?|estrangeir[oa]s?|judeus?|muculman[oa]s?|deficientes?|indi(os?|as)|cigan[oa]s?|pret[oa]s?|nordestin[oa]s?|homossexua\w*"
    r"|aurat\w*|ladkiya\w*|mahila\w*|musalman\w*|videshi\w*"
    r"|homos?|blacks|lgbt\w*|pessoas trans|personas trans|personnes trans|gens du voyage|maghrebin\w*"
)  # fmt: skip
# What is said against a group; beside a group it is abuse.
HOSTILE = (
    r"hate|hates|hated|despise|loathe|disgust\w*|vermin|animals?|cockroach\w*|rats?|scum|trash|garbage|inferior|subhuman|parasit\w*|plague|kill|exterminat\w*|eradicat\w*|deport\w*|go back"
    r"|belong in|should (all )?be (shot|raped|beaten|hanged|deported|killed|banned|gassed)|(don t|do not) deserve|deserves? (to|it)|stupid|dumb|worthless|useless|disease|cancer|filth\w*|pigs?|crimin\w+|liars?|whores?|sluts?|bitch\w*|cunts?|hoes?|skanks?|thots?"
    r"|fag\w*|dyke\w*|retard\w*|hypergam\w*|roastie\w*|femoid\w*|foids?|cock carousel|gold digg\w+|feminazi\w*|sandwich|kitchen|punch\w*|shut the"
    r"|odi(o|a|amos|an|ar)|detest\w+|despreci\w+|aborre\w+|soporto|aguanto|asco|asquea\w*|asquero\w+|repugn\w+|repuls\w+|basura|escoria|cucarachas?|ratas?|animales|bestias?|inferior\w*|parasit\w*|peste|plaga"
    r"|cerd[oa]s?|monos|alimanas?|cancer|enferm\w+|lacras?|infrahuman\w*|subhuman\w*|estupid\w+|tont[oa]s|idiotas?|imbeciles?|ladron\w*|criminal\w*|delincuent\w*|mentiros[oa]s|vag[oa]s|suci[oa]s?|escor\w+"
    r"|terrorist\w*|retrasad\w+|inutil\w*|degenerad\w+|pervertid\w+|mat(ar|aria|emos|en|arl[oa]s|are)|exterm\w+|elimin\w+|expuls\w+|asesin\w+|golpe\w+|apale\w+|ahorc\w+|deport\w+|muer[ae]n?|quemar\w*|dispar\w+"
    r"|mierda|jod\w+|put[ao]s?|zorras?|derechos|pegar\w*|violar\w*|vuelv\w+ a su|fuera de"
    r"|fastig\w*|odi(em|en)?|escombraries|escoria|porcs|lladre\w*|brut(a|es|s)|merda|fastigos\w+"
    r"|hai(s|t|ssons|ssent)|haine|meprise\w*|degout\w*|repugn\w*|supporte|vermine|cafards?|dechets?|ordures?|racaille|rats|animaux|betes|inferieur\w*|parasites?|fleau|peste|cancer|maladie|porcs?|singes?|sous hommes?"
    r"|stupides?|debiles?|idiots?|idiotes?|voleu\w+|criminel\w*|menteu\w+|sales?|inutiles?|terroristes?|tuer|tue|crever|creve(nt)?|extermin\w*|eliminer|frapper|expuls\w+|bruler|abattre|assassin\w+|battre|violer"
    r"|merdes?|putains?|putes?|salopes?|pedes?|gouines?|rentrez|dehors"
    r"|odei\w+|odio|desprez\w+|nojo|nojent\w*|enojad\w*|suport\w+|lixos?|baratas?|ratos?|animais|bichos?|pragas?|doenca\w*|porc[oa]s?|macac\w*|monstr\w+|burr[oa]s?|ladr\w+|bandid\w+|criminos\w+|mentiros\w+|suj[oa]s?"
    r"|inuteis|aberrac\w+|matar|mata|morrer|morram|morra|extermin\w*|bater|espanc\w+|expuls\w+|queimar\w*|enforc\w+|apedrej\w+|vadias?|viad\w*|sapat\w*|bicha\w*|traveco\w*|piranhas?|fod\w+|porra|vergonha|direitos|lixo"
    r"|randi|kutiya|kutt[ie]\w*|nafrat|ganda|gandi|maaro|bhagao"
    r"|violent[oa]s?|crueles|malvad[oa]s|(no )?valen? (\w+ )?nada|peligros?|ejecut\w+|ejecucion|cabida|sufr\w+|deshacer\w*|machacar|arrancar|cuello|tiro|nauseas?|vomit\w*|sobran|lastre|invasion|invad\w+|infest\w+|infect\w+|horribles?|podrid[oa]s?|calana|chusma"
    r"|abruti\w*|crasseu\w+|conneries?|pourritures?|raclures?|attarde\w*|debile\w*|briser|souffr\w+|blesser|aberrant\w*|nausees?|vomir|defonc\w+|cruel\w*|danger\w*|envahi\w+|infest\w+|valent (\w+ )?rien|cou|gorge|horribles?|immondes?|minables?|executer|execution|pendre"
    r"|enjoativ[oa]s?|crueis|execuc\w+|executad[oa]s?|erradic\w+|infest\w+|val(e|em|er) (\w+ )?nada|machuc\w+|atirar|perig\w+|sofr\w+|pescoco|horriveis|imund[oa]s?|podres?|escoria|desprezive\w+|aleij\w+|invad\w+|livrar"
)  # fmt: skip
# Words that are abuse by themselves where nobody tells of what happened.
SLURS = (
    r"cunts?|whores?|sluts?|bitch(es|y)?|hoes|skanks?|thots?|faggots?|fags|dykes?|trann\w+|retards?|roasties?|femoids?|foids?|feminazis?|towel ?heads?|wetbacks?"
    r"|sudac[ao]s?|maric(a|as|on|ones)|bolleras?|tortilleras?|travelos?|negrat\w+|panchit[oa]s?|zorras?|putas?|subnormal\w*|mongol[oa]s?|retrasad[oa]s?|moromierda|mor[oa]s|machorras?|lisiad[oa]s?|tullid[oa]s?|judiac\w+"
    r"|bougnou?l\w*|youpin\w*|negresses?|bamboulas?|gouines?|pedes?|tarlouzes?|tapettes?|tantouz\w*|salopes?|putes?|bicots?|ratons?|travelos?|mongoliens?|gogols?|niakou\w*|chinetoques?"
    r"|viad(o|os|inho|inhos|agem)|sapat(ao|oes|ona)|bichas?|bichinhas?|traveco\w*|macac[oa]s?|vadias?|vagabundas?|piranhas?|putinhas?|cracud[oa]s|retardad[oa]s?|aleijad[oa]s?|bugres?|arrombad[oa]s?|boiolas?|crioul[oa]s?"
    r"|caralh\w*|porra|krl|crl|fdp|pqp|vtnc|vsf|tnc|tmnc|cacete|buceta\w*|rola|otari[oa]s?|corn[oa]s?|desgracad[oa]s?|escrot[oa]s?|babac[ao]s?|foder|fude\w*|foda se|fodam|cuzao|cuz\w+"
    r"|randi|raand|kutiya|chinal"
)  # fmt: skip
# Said to somebody's face.
AIMED = (
    r"(you|you re|u|your|ur) (\w+ )?(\w+ )?(bitch|whore|slut|cunt|idiot|moron|pig|scum|faggot|retard)\w*|(stupid|dumb|fucking|ugly|crazy|fat|lying) (bitch|whore|slut|cunt|hoe|women|woman|feminist|girl)\w*"
    r"|(eres|sois) (\w+ )?(\w+ )?(basura|escoria|put[ao]|zorra|idiota|imbecil|asco\w*|mierda|maric\w+)|hij[oa]s? de put\w*|(tu|toi|espece de|sale|sales) (\w+ )?(pute|salope|connard|connasse|merde|encule|ordure|noir|arabe|juif|pede|gouine)\w*"
    r"|fils de pute|nique ta mere|(voce|vc|seu|sua|tu es) (\w+ )?(puta|vadia|viado|lixo|idiota|otari[oa]|arrombad[oa]|merda|macac[oa]|burr[oa])|vai (se|te|tomar) (\w+ )?(foder|fuder|cu)|toma(r)? no cu|filh[oa] da put\w*|se f(o|u)der"
    r"|(jodid|put|puter)[oa]s? (mujeres|negr\w+|inmigrantes|judi\w+|musulman\w+|gays?|gais|trans|indigenas|discapacitad\w+)|(putains? de|sales?) (femmes?|noirs?|juifs?|musulman\w*|immigres?|arabes?|handicapes?|gays?|trans)"
    r"|(malditos?|malditas?|porra de|put[ao]s de) (mulheres|negr\w+|imigrantes|judeus|muculman\w+|gays?|trans|indigenas|deficientes)"
)  # fmt: skip
# Who objects: what is said is called wrong, or its sender to account.
COUNTER = (
    r"saying (\w+ ){1,8}(is|are) (wrong|racist|sexist|hateful|unacceptable)|(saying|says|say|said|said that|call\w*|calling) \w+( \w+)? (is|are) (wrong|racist|sexist|hateful|not ok|unacceptable)|(is|are) (racist|sexist|homophobic|unacceptable)"
    r"|(do not|don t|never|not) hate|hate speech|nobody should|no one should|you can t (say|call)|stop (saying|calling)|how dare"
    r"|no (odi\w+|detest\w+|despreci\w+)|nadie (deberia|merece)|racis\w+|machis\w+|homofob\w*|transfob\w*|xenofob\w*|islamofob\w*|antisemit\w*|misogin\w*|intoleran\w*|inacept\w*|inadmis\w*|discurso de odio|mensajes? de odio"
    r"|decir|dijo|dices|digas?|diciendo|digan|dice que|llam(as|ar|an|es|a|arl[oa]s|ando|aste)|dig(a|an) que|frases?|decirle|expresion\w*|comentarios?|mensajes?|bloquead\w*|banea\w*|denunci\w+|report\w+|vuestro (odio|desprecio)|tu (\w+ )?(odio|desprecio)|deja de|dejad de|mandar a|mandas|reclamar|insinuar|afirmar|creer|sugerir"
    r"|je ne (hais|deteste|meprise) pas|personne ne|sexis\w+|homophob\w*|transphob\w*|xenophob\w*|islamophob\w*|antisemit\w*|misogyn\w*|inaccept\w*|intolerab\w*|dire|dit|dites|disent|disait|disant|qualifi\w+|trait(er|ez|es|ent|ait)|propos|phrases?|commentaires?|messages?|bloque\w*|bann\w+|signal\w+|arretez|arrete|votre (haine|mepris)|ta haine|preuve"
    r"|nao (odei\w+|detest\w+|desprez\w+)|ninguem (deveria|merece)|dizer|disse|diz|dizem|dizendo|digam?|chamar|chama(r|m|ndo)?|chamou|frases?|expressar|comentarios?|mensagens?|bloque\w+|banid\w+|denunci\w+|report\w+|seu (odio|desprezo)|fica(r)? mandando|mandar|par(e|em) de|inaceit\w+|preconceit\w+|acreditar|pensar|afirmar"
    r"|no dir|dir que|inacceptable|racistes?|masclis\w+"
    r"|carcel|prision|tu opinion|amenaza(r|s)? (de|con)|dije que|dicho que|toler\w+|brazos cruzados|pais libre|verguenza deberia|disculp\w+|expresar"
    r"|appel(er|ez|es|le|lent)|prison|votre (opinion|avis)|menac(er|es|ez) de|toler\w+|bras croises|jamais dit|excus\w+|respect\w*|exprimer|croire (\w+ )?que|penser que"
    r"|prisao|cadeia|preso|sua opiniao|ameac(ar|as|a) (de|com)|falei que|falou|falar que|toler\w+|parados enquanto|bracos cruzados|desculp\w+|intoleran\w*|racis\w+|machis\w+|homofob\w*|transfob\w*"
)  # fmt: skip
# What is denied is not said: "are not rats", "should never be beaten".
DENIED = (
    r"(no|nunca|jamas|ningun[oa]?|nadie|ni) (\w+ )?(\w+ )?(odi\w+|basura|escoria|ratas?|animales|inferior\w*|parasit\w*|mat\w+|asesin\w+|expuls\w+|criminal\w*|asco|cerd[oa]s|estupid\w+|repugn\w+|debe\w* ser \w+|deberian? ser \w+)"
    r"|(ne|n) (\w+ )?(\w+ )?(pas|jamais|aucun\w*) (\w+ )?(\w+ )?(\w+ )?(hai\w+|ordures?|rats|animaux|inferieur\w*|parasites?|tuer|tues|frapper|criminel\w*|vermine|stupides?|repugn\w*|degout\w*)"
    r"|(nao|nunca|jamais|nenhum[a]?|ninguem|nem) (\w+ )?(\w+ )?(odei\w+|lixo|ratos?|animais|inferior\w*|parasit\w*|mat\w+|expuls\w+|criminos\w+|nojent\w*|porc[oa]s|burr[oa]s|deve\w* ser \w+)"
    r"|(not|never|no|aren t|isn t) (\w+ )?(\w+ )?(scum|vermin|rats|animals|inferior|parasites|trash|stupid|be (killed|beaten|deported))"
    r"|(ningun|nenhum|aucun\w*) (desprecio|odio|asco|desprezo|nojo|mepris|haine|degout)|(estan|estao|sont|se font) (sendo )?(siendo )?(asesinad\w+|assassin\w+|tuer)"
)  # fmt: skip
# Who tells of what happened: somebody did or said something to me, us, her or a girl.
TOLD = (
    r"(he|she|they|men|man|boys?|guys?|people|someone|somebody|drunkards?|driver|conductor|group|who) (\w+ )?(\w+ )?(called|calls|calling|shouted|shouts|said|says|told|yelled|asked|started|was|were|tried|came|followed|touched|grabbed|stared|passed|abused|kept|harassed|made|used|insulted|began)"
    r"|(called|calling|told|shouted at|yelled at|touched|groped|grabbed|followed|harassed|asked|abused|insulted|teased|hit|pushed|pulled|threatened|stared at) (me|us|her|my|him|them|a girl|girls|women)|i was|we were|happened|incident|my (friend|sister|mother|daughter|bag|phone|body|way|breast\w*|chest|thigh\w*|butt\w*)|harass\w*|grop\w*|molest\w*|stalk\w*|catcall\w*|eve teas\w*|on (the|a) (bus|train|metro|street|way)"
    r"|(me|nos|le|les) (\w+ )?(llam\w+|grit\w+|dij\w+|insult\w+|toc\w+|sigui\w+|persigu\w+|amenaz\w+|agarr\w+|mir\w+|silb\w+|manose\w+|peg\w+|empuj\w+|rode\w+|rob\w+|ech\w+|escup\w+|hizo|hicieron|dec\w+)|(un|el|unos) (hombre|tipo|chico|senor|desconocido|chavales|jovenes|vecino)\w*|insultos|insultaron|gritaron|acoso|mientras|calle|parada|autobus"
    r"|(em|ens|li) (va|van|va \w+|han|ha) \w+|un (home|noi|desconegut)|uns (nois|homes)|carrer|parada|insults|cridar\w*"
    r"|(m|me|nous|l) (a|ont|avait|avaient) (\w+ )?\w+e\w*|(un|des|deux|le) (homme|type|garcon|mec|inconnu|jeune|voisin)\w*|il (m|me|nous|a|s)|ils (m|me|nous|ont)|insultee?s?|dans (le|la|ma) (bus|metro|rue|gare|train|tram)|l arret|insultes"
    r"|(me|nos|te) (chamou|chamaram|xing\w+|grit\w+|toc\w+|segu\w+|agarr\w+|ameac\w+|empurr\w+|cerc\w+|apalp\w+|bateu|disse\w*|olh\w+|encar\w+)|(um|uns|o) (homem|cara|rapaz\w*|homens|senhor|desconhecido|vizinho)|(chamou|xingou) (a |minha )|assedi\w+|ponto de onibus|na (rua|praca|estacao)|no (onibus|metro|trem)|insultos"
    r"|(mujhe|usne|unhone|humein|ladke|aadmi|mujhse)"
    r"|(was|were|being|been|got|get|gets) (raped|beaten|slapped|killed|punched|abused|groped|teased|insulted|threatened|harassed)|threatened|mocked|comments?|commented|remarks?|raped by|gang raped|attacked|robbed"
    r"|(violaron|van violar|violaram|mataron|mataram) (a )?(un|una|uma|um)|grup(o|os) de (hombres|homens|chavales|rapazes)|bebendo|bebiendo|prop d aqui|cerca de aqui|perto daqui"
)  # fmt: skip
# Who tells of what happened to themselves or theirs.
OWN = r"me|us|my|our|i was|we were|mi|mis|nos|em|ens|la meva|el meu|m|moi|nous|ma|mon|mes|minha|meu|meus|minhas|mujhe|meri|mera|humein|mujhse"
