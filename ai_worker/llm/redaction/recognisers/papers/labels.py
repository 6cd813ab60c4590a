"""The words that name a paper, a register or an account, in seven languages.

A label of `NEAR` is too ordinary to reach farther than the words `number`, `nr` and their like; one of `FAR`
reaches over some words of its sentence, and so does one of `LONG`.
"""

FAR: dict[str, str] = {
    "DOCUMENT": r"""
        passport\w* drivers?\slicen[cs]e driver['’]s\slicen[cs]e driving\slicen[cs]e residence\spermit
        biometric\sresidence v5c dbs blue\sbadge oci voter epic ration\scard firearms? shotgun cscs sia
        railcard esta
        naturali[sz]ation work\spermit green\scard permanent\sresident licen[cs]e\s(?:no|number)
        season\sticket
        birth\scertificate id\scard identity\scard brp
        personalausweis\w* reisepass\w* kinderreisepass\w* kinderausweis\w* führerschein\w* fuehrerschein\w*
        aufenthalts(?:titel|erlaubnis|karte)\w* pass-?(?:nr|nummer)\w* schwerbehindertenausweis\w*
        zulassungsbesch\w+ fahrzeugschein\w* fahrzeugbrief\w* jagdschein\w* waffen\w+ geburtsurkunde\w*
        heiratsurkunde\w*
        bahncard fischereischein\w* spielerpass\w* startpass\w* seniorenpass\w* impfpass\w*
        dow[oó]d\w*\sosobist\w* paszport\w* praw\w{1,3}\sjazdy prawk\w{1,2} legitymacj\w* legitymuj\w+
        kart\w+\spobytu
        książeczk\w+\s(?:zdrowia|wojskow\w+)
        občansk\w+ číslo\sop cestovní\w*\spas\w* řidičsk\w+ řidičák\w* povolení\sk\spobytu
        zbrojní\w*\sprůkaz\w*
        паспорт\w* загран\w* водительск\w+ удостоверени\w* студ\w*\.?\s?билет\w* студенческ\w+
        военн\w+\sбилет\w* военник\w* читательск\w+ членск\w+\sбилет\w* трудов\w+\sкнижк\w+
        вид\w*\sна\sжительств\w* внж рвп миграционн\w+ свидетельств(?:о|а|у|ом|е) медкнижк\w* охотнич\w+
        партбилет\w*
        посвідченн\w* водійськ\w+ id-карт\w* закордонн\w+ студентськ\w+ військов\w+\sквитк\w*
        військов\w+\sквиток посвідк\w+
        свідоцтв\w* сертифікат\w* сертификат\w* техпаспорт\w* техталон\w* медичн\w+\sкнижк\w*
        медицинск\w+\sкнижк\w* залікова\w* залікову\w*
        приписн\w+ пенсійн\w+ пенсионн\w+ бібліотечн\w+ амбулаторн\w+ медичн\w+\sкартк\w* довірен\w+
        доверенност\w*
        трудов\w+\sкнижк\w* військово-облік\w* диплом\w* ордер\w* учнівськ\w+ військ\. воєнн\w+ довідк\w+
        сері[юяії]\s(?:і|та)\sномер\w* сери[юяи]\sи\sномер\w* аттестат\w* атестат\w* ztp photo\scard
        discharge\scert\w* certificate\s(?:no|number) zeugnis-?(?:nr|nummer) průkazk\w+ průkaz\w*
        читацьк\w+ трудов\w+\sдогов\w+""",
    "ID": r"""
        kindergeld\w* beitrags(?:nummer|konto)\w* bg-nummer fall(?:nummer|nr)\w* teilnehmernummer\w*
        lizenz-?n\w+ gesundheitskarte\w* e-card
        emirates\sid insurance\sno unique\s(?:pupil|tax\w+|learner) learner\s(?:no|number)
        candidate\s(?:no|number) sin\s(?:no|number) tfn
        national\sinsurance nino social\ssecurity ssn aadhaa?r uhid mrn hospital\s(?:no|number|id) ppsn?
        utr nric itin
        student\s(?:id|no|number) staff\s(?:id|no|number) employee\s(?:id|no|number) medicare a-number
        alien payroll\s(?:no|number)
        upn badge\s(?:no|number) holder['’]s\s(?:no|number) loyalty\s(?:no|number|card) leserkonto\w*
        leserausweis\w*
        kód\sžáka číslo\s(?:žáka|odběratele|člena|pacienta) členské\sčíslo reg\.\s?č registrační\sčíslo
        patient\s(?:id|no|number|ref) tax\s(?:id|number|no) membership\s(?:no|number|card)
        member\s(?:no|id|number) nhs
        versichert\w* versicherungs-?(?:nummer|nr)\w* vers\.?-?\s?nr kv-?n(?:r|ummer)\w* kvnr
        krankenversich\w*
        krankenkassen\w* mitglieds?-?(?:nummer|nr)\w* steuer-?(?:id|ident|nummer|nr)\w* id\.?-?nr\w*
        st\.?-?nr rentenversich\w*
        rv-?nr rvnr sv-?n(?:r|ummer)\w* svnr sozialversich\w* ahv\w* matrikel\w* matr\.
        personal-?n(?:r|ummer)\w*
        pers\.?-?nr
        patienten-?(?:nr|nummer)\w*
        pesel\w* numer\w*\salbumu nr\salbumu ewidencyjn\w* pwz ekuz
        rodn\w+\sčísl\w+ r\.\s?č rč dič pojištěn\w* čísl\w\spojišt\w* osobní\sčísl\w* stud\w*\sčísl\w* isic
        снилс инн полис\w* омс табельн\w+ таб\.\s?(?:номер|№) страхов\w+\sномер\w* идентификационн\w+
        личн\w+\sномер\w*
        рнокпп іпн унзр ідентифікаційн\w+ декларац\w+\s(?:№|з\sлікарем)
        номер\w*\sплатника особист\w+\sномер\w*""",
    "ACCOUNT": r"""
        account\s(?:no|number) acc(?:t|\.)\.?\s(?:no|number) sort\scode iban
        kontonummer\w* konto-?nr\w* sparbuch\w* sparkonto bankverbindung
        rachunek\w* rachunk\w* nr\skonta numer\w*\skonta nrb
        číslo\súčtu účet účtu
        сч[её]т\w{0,2} р/с л/с лицев\w+ расч[её]тн\w+ рахун(?:ок|ку|ком|ки|ках)(?!-) р/р особов\w+\sрах\w+""",
    "CARD": r"""
        mastercard visa maestro kreditkarte\w* girocard ec-karte kartennummer\w*
        kart\w{1,2}\s(?:nr|numer|kredyt\w*|płatn\w*)
        card\s(?:no|number) credit\scard debit\scard bank\scard čísl\w\skarty kartu platební
        карт[аыуоеі]\w{0,2} картк\w{1,2}""",
}
NEAR: dict[str, str] = {
    "DOCUMENT": r"""
        licen[cs]e dl visa permit tenancy
        ausweis\w* dienstausweis\w* perso pass mietvertrag\w* arbeitsvertrag\w* vertrags-?(?:nummer|nr)\w*
        versicherungsschein\w* police\w*
        dow[oó]d\w* polis\w* seria
        d\.\s?o\. umow\w\snajmu nájemní\ssmlouv\w
        op řp pas\w{0,2} průkaz\w*
        в/у ву прав\w{1,2} патент\w* серия сери[ії] свідоцтв\w* убд
        зач[её]тк\w* зач[её]тн\w+ договор\w*\s(?:найма|аренды|оренди) договір\s(?:найму|оренди)
        пропуск\w* перепустк\w* абонемент\w*""",
    "ID": r"""
        ni pan gmc badge chi id nin bvn cnic pin\sno case\sno
        tin patient\w* ič ičo krs
        код карт\w*\sпациента""",
    "ACCOUNT": r"account a/c acc acct konto konta kontem bank",
    "CARD": r"card karta kart[ęąoy] karte",
}
LONG: dict[str, str] = {
    "DOCUMENT": r"""
        policy insurance contract versicherungspolice\w* vertrag\w* polis\w* umow\w pojistk\w+ smlouv\w+
        поліс\w* полис\w* договор\w* договір\w* страховк\w+""",
}
"""Labels of papers that firms have as well: a person's has seven digits and more."""
CHINESE: dict[str, str] = {
    "DOCUMENT": (
        r"一卡通|校园卡|饭卡|字第|行驶证|出生医学证明|图书证|居留许可|残疾人证|老年证|优待证|学位证"
        r"|资格证|导游证|会员证"
        r"|注册编号|毕业证|结婚证|房产证|产权证|工作证|出入证|借书证|记者证|执业证"
        r"|租赁合同编?号|劳动合同编?号|户口本|出生证|毕业证|护照"
        r"|通行证|居住证|驾驶证|驾照|军官证|士兵证|残疾证|学生证|健康证|证号|回乡证|台胞证|港澳证"
        r"|签证|准考证|执照号"
    ),
    "ID": (
        r"身份[证號号]|身分证|公民身份|统一编号|证件|健保卡"
        r"|医保|社保|学号|工号|病历号|住院号|门诊号"
        r"|就诊卡|学籍|保单号|会员号|纳税|税号|身份号码"
    ),
    "ACCOUNT": r"账号|帐号|帐户|账户|户头|户名|折子|存折|汇到|汇台|汇入|汇款|转到|转账到?|打到|旅客卡|会员卡",
    "CARD": r"银行卡|信用卡|储蓄卡|借记卡|卡号|[招工农建中交邮]行卡|我的卡|这张卡|社保卡",
}
