"""Everyday words of Hindi in Latin letters, as they are spelled in messages."""

from __future__ import annotations

HINDI = frozenset(
    """
    aadhaar aadhar likho likhna likha likhi likhte dikhao bhejo bulao
    aa aage aaj aakar aakhir aana aane aankh aankhen aao aap aapka aapke aapki aas aata aati aate aaya aaye aayi aayegi ab
    abhi acha accha achha achhe achi achanak aadmi aadmiyon aage aise aisa aisi aksar akela akele akeli alag andar andhera
    andhere apna apne apni arre aspas asurakshit aur aurat auraten auraton auto baad baahar bahar bahut bahu baar baat baatein baaten baccha
    bacche bachche bachcha bachchi bachho badtameezi badtamizi badmash badtameez bagal bahana baith baitha baithe baithi
    bachao bacha bachaya bachi bahan bahen bana banaya banda bande band bandh bas batamiz batao batana bataya bataye bati batti bazaar bazar bedroom
    beech behen behan bekaar bhaag bhaga bhagi bhai bhaiya bhaiyya bheed bheedh bhej bheja bhejta bhi bijli bilkul bina bol bola bole
    boli bolna bolta bolte bolti bolo bura buri bure chaal chacha chachi chahiye chahti chala chale chali chalne chalo chalte chalti chale chaku
    chauk chowk chhed chhedta chheda chhedchhad chedchad chhedkhani chhodo chhod chhota chhoti chhu chhua chhuta chhune chua chillane chillaya
    chilla chillai chillayi chilane choti chup chupchap chupke daar daaru dabaya dabane daraya daraata darr dar darta darti dara dari darwaza darwaze
    dekh dekha dekhe dekhi dekhkar dekhna dekhne dekho dekhta dekhte dekhti der dhakka dhakke dhyan didi din dino dikha dikhaya dikhata
    dikhi diya diye di do dobara dono door dopahar dost doston dudh dukaan dukan dukaandaar dur ek fir phir gaadi gaali gali
    galiyan galiyon galat galti gana gande ganda gandi gaon gaya gaye gayi geet ghabra ghanta ghante ghar gharwale ghati ghoor ghoora ghoorna
    ghoorta ghoorte ghur ghurta ghus ghusa gira giraya gunde gunda gussa ha haan haath haathon had hai hain hal hamari hamare hamara hame hamein hamesha
    har hasne hansne hansa hansi has hata hataya hatao hath hathon ho hoga hogi hogaya hona hone honi hota hote hoti hu hua hue hui hum humko
    humara humare humari hume humein hun hoon ice idhar ijjat ilaaka ilaake ilaka inka inke insaan inse intezaar intezar isko iska iske iski isliye ismein isne
    itna itne itni jaa jaake jaakar jaan jaane jaante jaanta jaanti jaata jaate jaati jab jagah jaha jahan jaise jaisi jao jata jate jati jana
    jane jawaan jawab jhagda jhapat jiske jisne jis jo jhoot jeb jaldi ka kaafi kaam kaan kab kabhi kafi kaha kahan kahani kahin kahi
    kal kala kale kam kamar kamra kandhe kapde kapdon kar kara karke karna karne karo karta karte karti karunga kaun ke keh kehna kehta kehti kehte kehne
    khada khadi khade khade khareedne khatarnak khatra kheench kheencha khatam khel khelne khud khula khuli khol kholi khatre ki kilo kinare kisi
    kisine kitna kitni kiya kiye kiski kisko kisne ko koi kona kone kuch kuchh kurta kutte kya kyun kyu kyonki kyunki ladka ladke ladki ladkiya ladkiyan ladkiyon
    ladkiyo lag laga lage lagi lagta lagte lagti lal lamba lambe lambi le lekar lekin lena lene leta lete leti liya liye log logo logon maa maara maari maara
    madad maidan main mai mahila mahilayen mahilaon majak mazak majboor makaan maloom mana mandir mara mare mari mat matlab me mein mera mere meri mil mila mile mili milna minat
    mohalla mohalle mudi muda mujh mujhe mujhse mummy munh muh naam nam na nahi nahin nai nahane nal nashe nasha nazar neeche neend nikal nikala nikli nikalte nikalne ne nigah
    niche nikla paas pados padosi padosan pagal paise pahuch pahunch pahunchi pahuncha paani pani papa par pareshan parvah parivar parso pas pata pati patni peecha peechha peeche peechhe pair pairon pakad pakda pakdi pakdne
    pakar pahle pehle pehli pehla pe phone phona phenka pheki pheka phenki photo photos pichha piche pita pita peene peeta peete peekar pilaya poocha pucha pucho puchho puchha puri poora poori police pul pura pyaar raasta raaste rasta
    raste raat raatko raha rahe rahi rahein rahna rahne rehna rehne rehta rehte rehti rahata rahta rahti ro roka roko rokne roti rone roz roshni rone saal saala saale saamne samne saas sasur saari saare saara sab sabke sabko sabne sadak
    sadi sahi saheli samaan samajh samay sang sath saath sari sari seedhi seedhiyon seeti seetiyan seetti shaadi shadi shaam sham shakal sharab sharabi sharaab sharam shikayat shor shuru si siti sirf so sochti sochta soch subah suna sunai
    sunaya sunsaan sunsan suno surakshit ta tab tak takleef tang tang taraf tarah teen teesri tera tere teri tez thappad thi thin tha the theek thik thoda thodi time to toh tod toda todi tum tumhara tumhari tumhe tumko tune udhar
    uncle unhone unhe unka unke unki unko unse us use uski uska uske uski usko usne usse utar utarne utari utha uthaya uthi utna vahan vaha vo waha wahan wahi wahin waise wala wale wali wapas wo woh yaar yah yaha yahan yahi yahin
    ye yeh zabardasti jabardasti zaroor zor zyada jyada zindagi sirf ghoomne chadh chadha chadhte chadne utarte khidki khidkiyan deewar gate wale bhi ji haq bhaag bhaagi bhagte pakda
    """.split()
)
