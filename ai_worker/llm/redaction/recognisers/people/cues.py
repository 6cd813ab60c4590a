"""Words around names, in seven languages: titles and roles before them, labels and introductions, and words that never are part of one."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _set(
    # pl
    "pan pana panu panem panie pani panią panią państwo państwa państwu p pp dr prof mgr inż hab mec ks śp ob obywatel obywatelka lek dyr kol radca r.pr"
    " babcia babci babcię dziadek dziadka dziadkiem ciocia ciocię cioci wujek wujka wujkiem kolega kolegi koleżanka córka córki córkę syn syna synem synowi mąż męża żona żony żonę"
    " brat brata siostra siostry sąsiad sąsiada sąsiadka teściowa matka ojciec doktor doktorze doktora redaktor redaktorze dyrektor dyrektora prezes prezesa mecenas mecenasa profesor profesora"
    # en
    " mr mrs ms miss mx sir madam dr prof professor doctor nurse uncle aunt auntie aunty grandma grandpa cousin rev reverend judge captain sgt officer lord lady"
    # de
    " herr herrn hr hrn frau fr fräulein dr prof med dipl ing familie oma opa tante onkel rechtsanwalt rechtsanwältin ra rain kollege kollegin"
    # cs
    " pan pana panu panem pane páni paní slečna slečny sl ing mgr bc mudr judr rndr phdr doc prof mvdr paeddr soused souseda sousedka strýc teta babička babičko dědeček rodina manžel manželka"
    # ru, uk
    " господин господина господину г-н г-жа госпожа госпоже гражданин гражданка гр тов товарищ дядя дяди дядю дяде тётя тетя тёте тёти тётю баба дед дедушка бабушка сосед соседа соседка доктор профессор"
    " директор начальник судья адвокат следователь отдела"
    " пан пана пане панові паном пані панові панна громадянин громадянка дядько дядька тітка тітки бабуся бабуся дідусь сусід сусідка сусіда професор лікарка лікар лікарці тренерка директорка суддя проф доц акад"
)
"""Before a name; what follows one is hidden whatever it is. In small letters, without full stops."""

ABBREVIATED = _set(
    "p pp dr prof mgr inż hab mec ks śp ob lek dyr kol r.pr mr mrs ms mx rev sgt hr hrn fr med dipl ing ra bc mudr judr rndr phdr doc mvdr sl г-н г-жа гр тов проф доц акад п"
)
"""Titles that a full stop may follow without ending the sentence."""

ONLY_CAPITAL = _set("ms mr mrs mx sir hr fr sl ra pp doc")
"""Titles that are something else in small letters: 35 ms."""

ROLES = _set(
    "redaktor redaktorze redaktorka redaktorko doktor doktorze doktora doktorem profesor profesorze profesora prezes prezesie prezesa dyrektor dyrektorze dyrektora minister ministrze kierownik kierowniku"
    " mecenas mecenasie mecenasa sędzia sędzio burmistrz burmistrzu wójt wójcie przewodniczący przewodnicząca doktorka nauczycielka inżynier inżynierze ksiądz księże poseł pośle senator radny"
    " doctor professor president director minister judge officer secretary chairman chair ambassador"
    " doktor professor direktor präsident minister kollege kollegin richter bürgermeister bürgermeisterin rechtsanwalt rechtsanwältin kanzler kanzlerin"
    " doktore profesore řediteli ředitel starosto starosta ministr ministře docente inženýre magistře"
    " доктор профессор директор министр судья президент председатель доктора директора професор директоре лікарю голово"
)
"""Between a title and the name: pani redaktor Majewska."""

LABELS = _set(
    "imię imiona nazwisko nazwiska imięinazwisko klient klientka właściciel nadawca odbiorca odbiorczyni pacjent pacjentka najemca wynajmujący opiekun ojciec matka dziecka kontakt poszkodowana poszkodowany sprawca pełnomocnik pracownik"
    " applicant cardholder passenger guest student employee insured policyholder witness driver owner sender recipient buyer seller name names firstname lastname surname holder beneficiary patient tenant landlord contact keeper signed signature customer from to attn attention cardholder claimant"
    " name vorname nachname familienname kontoinhaber inhaber patient patientin ansprechpartner zeuge zeugin halter unterzeichnet mieter vermieter absender empfänger empfängerin"
    " jméno příjmení odesílatel příjemce nájemce pronajímatel pronajímatelka držitel majitel pacientka pacient svědkyně svědek zastoupený osoba vyřizuje pojištěnec"
    " фио имя фамилия отчество отправитель получатель пациентка пациент свидетель владелец ребёнок мать отец ответчик истец истица заявитель директор бухгалтер"
    " піб ім'я ім’я імя прізвище відправник одержувач отримувач пацієнт пацієнтка власник власниця свідок мати тато підпис водій замовник контакт истица водитель свидетельница судья суддя позивач відповідач żołnierz świadek świadkiem powód pozwany skarżący oskarżony versicherter versicherte angeklagte angeklagten klägerin kläger"
)
"""Words that stand before a colon and a name."""

STRICT_LABELS = _set(
    "imię imiona nazwisko nazwiska name firstname lastname surname vorname nachname familienname jméno příjmení фио имя фамилия отчество піб ім'я ім’я імя прізвище"
)
"""Labels behind which even an ordinary word is a name."""

INTRODUCTIONS = _set(
    "nazywam zwę nazywa jestem tu mówi podpisany podpisana niżej zamieszkały pytać"
    " i'm im i’m name's called this am here"
    " heiße heisse heißt bin namens spricht bei klingeln"
    " jmenuji jmenuju jsem zde tady jmenuje představil"
    " зовут звать это я имя звати це я зватимуть тут"
)
"""Words before which a writer names himself or another."""

CLOSINGS = _set(
    "pozdrawiam pozdrowienia poważaniem wyrazami szacunku ściskam całuję twoja twój wasz wasza"
    " regards sincerely faithfully cheers thanks truly wishes love yours"
    " grüßen gruß grüße lg mfg deine dein euer eure hochachtungsvoll"
    " pozdravem úctou zdraví tvoje tvůj děkuji"
    " уважением ваша ваш твоя твой ваші повагою твій спасибо"
)

GREETINGS = _set(
    "drogi droga drodzy kochany kochana kochani cześć hej witaj szanowny szanowna szanowni miły miła dear hi hello hey liebe lieber hallo hi moin geehrte geehrter milý milá milí ahoj čau vážený vážená drahý drahá"
    " привет здравствуй здравствуйте дорогой дорогая дорогие уважаемый уважаемая уважаемые милый милая привіт вітаю дорогий дорога дорогі шановний шановна шановні любий люба"
)

PARTICLES = _set("von van de der den del della di da du la le zu zum zur af bin ibn al el ben dos ten ter und".replace(" und", ""))

NEVER = _set(
    "mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday sundays mondays spring summer autumn winter january february march april may june july august september october november december feb mar apr jun jul aug sep sept oct nov dec"
    " montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli oktober dezember christmas easter фаил ai ok nino ssn nhs zip iban bic pin api url html json xml sql pdf usb wi-fi wifi gps dns ip id"
    " proszę dziękuję witam pozdrawiam dzień adres telefon tel email mail data numer nr ul ulica kod miasto miejscowość pesel nip regon konto faktura umowa szanowni państwo państwa pan pani panie"
    " the this that these those dear hello hi please thanks thank regards phone email mail address date number no street city zip postcode passport plate visa amex card account tel mobile fax invoice vat dob ssn"
    " we you he she it they i my our your his her is are was and or but if when as at by for from in of on to with re subject"
    " der die das ein eine ich wir sie er es telefon handy mobil straße strasse ort plz adresse datum nummer konto iban bic rechnung betreff guten tag sehr geehrte damen herren und oder aber wenn bitte meine mein unser unsere"
    " dobrý den prosím telefon mobil adresa datum číslo účet ulice město psč faktura jméno příjmení děkuji vážený vážená já my on ona"
    " здравствуйте прошу телефон тел адрес дата номер паспорт инн снилс улица город уважаемый уважаемая спасибо я мы он она вы"
    " добрий день вітаю прошу телефон тел адреса дата номер паспорт рнокпп вулиця місто шановний шановна дякую ми він вона ви"
    " uniwersytet uniwersytetu university universität univerzita университет університет academy akademia акадeмия institute instytut institut институт інститут school szkoła street avenue road square"
    " plac park most church museum muzeum foundation hotel bank company sp spółka gmbh inc ltd llc ооо тов ао"
)
"""Words with a capital letter that end a name rather than belong to it."""

AFTER_PLACES = _set("im imienia имени імені named ul ulica ulicy ulicą al aleja alei aleją pl plac placu os улица улице улицы улицу проспект проспекту проспекте площадь вулиця вулиці вулицю площа ulice ulici třída náměstí")
"""A name behind one of these belongs to a street or an institution."""

MONTHS = _set("may april june august january maj maja maju marzec marca styczeń luty kwiecień mai juni juli april august januar märz máj květen březen март мая май июнь август januar března марта august")

EPONYMS = _set(
    "prawo prawa prawem wzór wzoru twierdzenie twierdzenia efekt efektu algorytm algorytmu kod kodu kodowanie kodowaniu kodowania metoda metody stała liczba równanie zasada nagroda nagrody nagrodę puchar memoriał"
    " law laws effect theorem constant equation number principle transform algorithm prize award syndrome distribution process test scale chain chains curve method"
    " gesetz effekt satz konstante gleichung verfahren prinzip preis theorem zahl"
    " zákon efekt jev věta konstanta rovnice metoda číslo princip cena ceny algoritmus kódování"
    " закон закона эффект эффекта теорема теоремы формула постоянная число уравнение метод принцип премия премии алгоритм код кодирование болезнь синдром"
    " закону ефект ефекту теорема формула стала рівняння метод принцип премія алгоритм"
)
"""Beside a name of one of these, the name stands for the thing."""

INSTITUTIONS = _set(
    "street road avenue square park hall university college school museum bridge institute lake mount falls port fort airport station hospital house church cathedral castle beach island islands river valley hill club"
    " united city town county court prize award day bank foundation company group inc ltd records press stadium arena tower theatre theater cup trophy"
    " ulica uniwersytet szkoła muzeum szpital park most lotnisko dworzec stadion zamek plac aleja"
    " universität schule museum brücke platz straße park stadion schloss institut preis"
    " univerzita škola muzeum most náměstí ulice třída hrad zámek nádraží"
    " улица университет школа музей мост парк площадь премия институт вулиця університет школа площа міст інститут"
)
"""Within a run of capitals, one of these makes the run a place or an institution."""

PLACES = _set(
    "georgia jordan paris chad india china kenya cuba israel florence sofia victoria vienna sydney adelaide carolina virginia dakota lincoln madison jackson houston dallas lourdes valencia verona siena mars jupiter venus mercury neptune saturn марс венера юпитер сатурн нептун меркурій меркурий юпітер merkur mars"
    " алтай алтае алтая алтаю карпат карпати карпатах карпаты angeles chelsea arsenal мали чад роман вена софия варна лада веста киа шкода октавия ford mercedes škoda toyota audi volkswagen opel honda tesla kia лексус тойота форд мерседес"
)
"""Words that are given names, too, but by themselves rather a place or a make."""

CONJUNCTIONS = _set("i a oraz z ze and or und oder mit s se и с та і й y")

ARTICLES = _set("beim zum vom zur im am alte alten alter der die das den dem des ein eine einen einem einer eines the a an")

FIGURES = frozenset({("дед", "мороз"), ("дід", "мороз"), ("деда", "мороза"), ("діда", "мороза"), ("баба", "яга"), ("бабы", "яги"), ("frau", "holle"), ("pan", "tadeusz"), ("pan", "kleks")})
"""Figures that a title stands before."""

OFTEN_NAMES = _set(
    "mark will grace rose jack bill rob frank hope faith joy dawn amber ruby pearl ivy iris lily daisy violet heather holly hazel robin martin dean drew mason carter tyler taylor jasmine penny sandy gene art ray roy pat sue bob nick rich"
    " peter victor max miles grant clay cliff glen lance neil olive wade ella eve faye josh ethan cole gemma kay bella crystal melody patience prudence charity constance destiny harry charlotte alice lucy toby gary kevin mia mike ron"
    " róża maja kalina jagoda kuba lech roman ola ala ewa iga ida lena nela pola zoja adam julia natalia oskar wiktor"
    " róża róży maji mai romana romanem"
    " růžena nina dana jana ema eva ivo vít lada vlasta míla slavěna martina karla petra pavla alena ivana radka"
    " вера вере верой веру надежда надежде надежду надеждой любовь роман романа романом роману лев льва льву слава славы славе славу роза розы розе люба любу мила рая света свету свете светой марат тимур артур рома рому миша мишу мишей паша паше пашу саша саше сашу"
    " віра віри вірі віру надія надії надію любов роман романа романом лев слава славі роза люба світлана світлані галя галі галю ромка назар назара"
    " mia ben leo emil max rose iris viola felix lukas finn tim jan kai lea ida"
)
"""Given names that are ordinary words as well, but with a capital within a sentence rather names."""
