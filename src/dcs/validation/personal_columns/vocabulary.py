"""
The words of column names, in eight languages, without accents and in lower case.

A phrase is written without what stands between its words: ``date of birth`` is
``datebirth``, because the little words are left out of a column's name before
it is read.
"""

from dcs.validation.personal_columns.kinds import Kind


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


LITTLE = _set(
    "of the a an at de d du des da do das dos di del della dello la le les el los l der die das den dem des "
    "von van het een y e i et und and en am im in om z w"
)

NAMED: dict[Kind, frozenset[str]] = {
    Kind.FULL_NAME: _set(
        "fullname fullnames personname displayname legalname nameinfull wholename firstlastname firstnamelastname "
        "lastnamefirstname lastfirst nachnamevorname vornamenachname vornachname vollstandigername vollername "
        "nomcomplet nomprenom prenomnom nombrecompleto nombreapellidos nombreapellido apellidosnombre nomecompleto "
        "nomecognome cognomenome nominativo volledigenaam naamvoluit imienazwisko nazwiskoimie imionanazwisko "
        "pelnenazwisko nomeapelido nomesobrenome cardholder cardholdername accountholder accountholdername "
        "kontoinhaber ansprechpartner kontaktperson contactperson titulaire titular intestatario"
    ),
    Kind.FIRST_NAME: _set(
        "firstname firstnm fname forename givenname givennames christianname middlename midname nickname preferredname "
        "vorname vornamen rufname prenom prenoms nombrepila primernombre segundonombre nomebattesimo nomeproprio "
        "primeironome prenome voornaam voornamen roepnaam imie imiona drugieimie"
    ),
    Kind.LAST_NAME: _set(
        "lastname lastnm lname surname surnames familyname maidenname birthname secondname nachname nachnamen familienname "
        "zuname geburtsname madchenname nomfamille nomnaissance nomusage nomjeunefille patronyme apellido apellidos "
        "primerapellido segundoapellido apellidopaterno apellidomaterno cognome cognomi achternaam familienaam "
        "geslachtsnaam nazwisko nazwiska nazwiskorodowe sobrenome apelido apelidos ultimonome"
    ),
    Kind.STREET: _set(
        "street streetaddress streetname streetline addressline addrline address1 address2 addr1 addr2 homeaddress "
        "postaladdress mailingaddress billingaddress shippingaddress deliveryaddress residentialaddress strasse "
        "strassenname strassehausnummer strassenr strassehausnr anschrift wohnadresse postanschrift hausanschrift "
        "rue nomrue adressepostale adresserue voie libellevoie calle callenumero domicilio direccionpostal via "
        "indirizzo indirizzoresidenza straat straatnaam adres woonadres ulica adreszamieszkania adreskorespondencyjny "
        "rua logradouro endereco morada"
    ),
    Kind.CITY: _set(
        "city cityname town townname hometown homecity birthcity birthplace placebirth placeresidence citybirth "
        "municipality locality stadt ort wohnort geburtsort ortschaft gemeinde ville villenaissance lieunaissance "
        "commune ciudad localidad municipio poblacion lugarnacimiento citta comune luogonascita comuneresidenza "
        "localita stad woonplaats plaats geboorteplaats miasto miejscowosc miejsceurodzenia miejscezamieszkania "
        "cidade localnascimento localidade naturalidade"
    ),
    Kind.REGION: _set(
        "stateprovince provincestate stateresidence provinceresidence stateabbrev statecode statename provincename "
        "countyname bundesland departement provincia comunidadautonoma regione wojewodztwo powiat provincie "
        "estadoprovincia distrito"
    ),
    Kind.COUNTRY: _set(
        "nationality citizenship countrybirth birthcountry countryresidence residencecountry homecountry "
        "countryorigin staatsangehorigkeit nationalitat staatsburgerschaft geburtsland wohnsitzland herkunftsland "
        "nationalite paysnaissance paysresidence nacionalidad paisnacimiento paisresidencia nazionalita "
        "cittadinanza paesenascita nationaliteit geboorteland obywatelstwo narodowosc krajurodzenia nacionalidade "
        "paisnascimento"
    ),
    Kind.POSTAL_CODE: _set(
        "zip zipcode zip4 zip5 postal postalcode postcode postcodes plz postleitzahl codepostal codigopostal "
        "codicepostale codicecap postcodewoonadres kodpocztowy cep codpostal"
    ),
    Kind.BIRTH_DATE: _set(
        "dob birthdate datebirth birthday birthdt bdate birthdatetime geburtsdatum geburtstag gebdatum gebdat "
        "datenaissance ddn nele fechanacimiento fechanac fnacimiento fecnac cumpleanos datanascita ddnascita "
        "geboortedatum gebdatumklant dataurodzenia dataur datanascimento dtnascimento dtnasc aniversario"
    ),
    Kind.BIRTH_YEAR: _set(
        "birthyear yearbirth yob geburtsjahr anneenaissance anonacimiento annonascita geboortejaar rokurodzenia "
        "anonascimento"
    ),
    Kind.ACCOUNT: _set(
        "accountnumber accountno accountnum accountnr acctnumber acctno acctnum acctnr accno accnum bankaccount "
        "bankaccountnumber bankaccountno bankacct kontonummer kontonr bankkonto bankkontonummer numerocompte "
        "nocompte numcompte comptebancaire numerocuenta numcuenta nrocuenta cuentabancaria numeroconto nconto "
        "contocorrente numerocontocorrente rekeningnummer bankrekening bankrekeningnummer rekeningnr nrkonta "
        "numerkonta kontobankowe nrrachunku numerrachunku rachunekbankowy numeroconta contabancaria contacorrente "
        "nconta"
    ),
}

_PEOPLE = (
    "person people customer cust client contact patient employee emp staff worker member user owner holder author director actor "
    "player student pupil teacher instructor doctor physician nurse applicant candidate tenant resident guest visitor "
    "passenger driver donor beneficiary recipient sender buyer seller payer payee spouse father mother parent child "
    "guardian manager supervisor agent representative rep subscriber policyholder insured voter citizen witness "
    "kunde kundin mitarbeiter patientin empfanger inhaber kontakt versicherter mieter schuler student "
    "cliente client salarie employe titulaire auteur eleve etudiant locataire beneficiaire "
    "paciente empleado usuario contacto propietario alumno inquilino dipendente paziente utente contatto proprietario "
    "studente inquilino klant medewerker werknemer contactpersoon patient eigenaar huurder "
    "klient pracownik pacjent uzytkownik osoba wlasciciel kontakt uczen funcionario utilizador pessoa aluno"
)
PEOPLE = _set(_PEOPLE)
NAME_WORDS = _set("name names nm naam nom noms nombre nombres nome nomi nazwa")

MAYBE: dict[Kind, frozenset[str]] = {
    Kind.FULL_NAME: NAME_WORDS | PEOPLE,
    Kind.FIRST_NAME: NAME_WORDS | PEOPLE | {"first", "given", "middle", "pila"},
    Kind.LAST_NAME: NAME_WORDS | PEOPLE | {"last", "family", "maiden"},
    Kind.STREET: _set("address addr adr adresse adressen anschriften direccion dir road lane avenue residence domicile dom "
        "str ul line1 line2"),
    Kind.CITY: _set("lieu lugar luogo plaats place location ubicacion local miejsce suburb village"),
    Kind.REGION: _set("state province county region land estado provincia staat kanton canton region regiao"),
    Kind.COUNTRY: _set("country pays pais paese kraj origin herkunft"),
    Kind.POSTAL_CODE: _set("cp cap npa pc"),
    Kind.BIRTH_DATE: _set("birth born geb geboren geburt naissance nee nacimiento nac nascita nato nata geboorte urodzenia nascimento nasc"),
    Kind.BIRTH_YEAR: _set("birth born geboren geburt naissance nacimiento nascita geboorte urodzenia nascimento"),
    Kind.ACCOUNT: _set("account acct acc konto compte cuenta conto rekening konta rachunek conta giro"),
}  # fmt: skip

# Words beside the phrase, or without one, that make it a column of something else.
AGAINST = _set(
    "id ids uid uuid guid key code codes codigo codice kod type typ tipo status flag is has count cnt anzahl nb len "
    "length hash md5 sha checksum url uri link web website path file filename fichier datei image img photo picture "
    "email mail courriel correo phone tel telefon fax ip ipv4 ipv6 mac host hostname domain server device wallet btc "
    "eth contract memory hex pointer company companies firm firma org organisation organization organizacion business "
    "entreprise societe empresa azienda ditta bedrijf vendor supplier lieferant fournisseur proveedor fornitore "
    "leverancier dostawca fornecedor manufacturer hersteller merchant brand marke marque marca merk marka product "
    "produkt produit producto prodotto item artikel article sku model category categorie kategorie categoria class "
    "classe klasse group team club league school schule ecole university college hospital clinic hotel restaurant "
    "store shop branch filiale warehouse depot lager station airport port vessel train plant factory site office "
    "publication publisher published venue event project projekt course subject job role title titre titel department abteilung division section "
    "schema database lat lng lon latitude longitude geo population size area price amount betrag montant "
    "time created updated modified expiry expires valid plan version language lang currency colour color month day "
    "weekday week quarter log message msg error comment note description desc label tag order invoice shipment "
    "payment transaction balance saldo limit rate weight height score rank rating bank balances number nummer num no "
    "species animal pet breed drug disease diagnosis medication song album movie film book genre game campaign "
    "process service app application browser agent software os method function variable param parameter package "
    "module register certificate ssn iban card pan swift bic passport licence license ratio percent pct total mean median min max sum avg gender sex age ages login password"
)
# Words that may stand beside a phrase of one kind, though they speak against others.
FOR = {
    Kind.POSTAL_CODE: frozenset({"code", "codes", "kod", "codigo", "codice", "number", "no"}),
    Kind.BIRTH_DATE: frozenset({"day", "time", "file"}),
    Kind.BIRTH_YEAR: frozenset(),
    Kind.STREET: frozenset({"number", "nummer", "no", "num"}),
    Kind.ACCOUNT: frozenset({"bank", "number", "nummer", "num", "no"}),
    Kind.FULL_NAME: frozenset({"agent", "number"}),
}
# What makes `birth` something else than a date.
NOT_A_DATE = _set(
    "place city country state weight rate order sex name town ort land ville pays stadt"
)
