// What passwords are made of that are tried first. Guessers have the same lists; `guessable.ts` knows how they put the words together.

/** In lower case, each once. Words, names and teams from the lists of leaked passwords, and what this server itself makes one think of. */
export const COMMON_WORDS: readonly string[] = `
password passwort passwd passw0rd passphrase motdepasse contrasena contrasenha senha parola heslo haslo wachtwoord salasana losenord geheim secret
admin administrator root user username guest login logmein access letmein welcome willkommen bienvenue bienvenido benvenuto changeme change please
default test testing tester temp temporary demo sample example master manager owner staff office desk front frontdesk reception customer client
slotkeeper slot keeper salt pine appointment booking calendar schedule salon barber haircut beauty studio clinic doctor dentist massage yoga
hello hallo hola bonjour ciao salut goodbye thanks thankyou nothing whatever anything something nobody trustno trustme iloveyou loveyou loveme
iloveu love lover lovely forever always sunshine moonlight rainbow princess prince queen king angel angels devil heaven jesus christ
god blessed blessing faith hope grace peace happy happiness smile lucky dream dreamer summer winter spring autumn fall sommer herbst fruhling
january february march april june july august september october november december januar februar maerz juni juli oktober dezember
monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag
dragon monkey tiger lion eagle falcon phoenix wolf bear panda shadow spider snake shark dolphin butterfly flower rose lily daisy jasmine
cookie chocolate cheese banana apple orange cherry pepper ginger honey sugar candy coffee pizza chicken butter peanut pumpkin potato tomato
football soccer baseball basketball hockey tennis golf fussball futbol liverpool chelsea arsenal barcelona madrid juventus milan bayern dortmund
schalke ajax benfica porto sporting yankees cowboys steelers lakers eagles redsox packers manchester united everton celtic rangers
superman batman spiderman ironman wolverine starwars startrek jedi yoda skywalker vader pokemon pikachu naruto goku mario zelda minecraft
fortnite roblox warcraft matrix gandalf hobbit frodo harry potter hogwarts hermione ninja samurai pirate wizard merlin hunter killer
warrior viking ranger soldier captain general marine thunder lightning storm fire flame blaze inferno hammer steel silver golden gold diamond
crystal ruby emerald platinum power energy turbo rocket apollo galaxy universe planet earth moon star stars cosmos cyber hacker
computer internet google facebook instagram twitter youtube whatsapp tiktok linkedin microsoft windows iphone samsung android nokia
amazon netflix spotify paypal oracle linux ubuntu debian server database system network security private public mobile phone
mustang porsche ferrari mercedes corvette camaro harley yamaha honda toyota nissan audi volkswagen jaguar charger viper racing
michael jennifer jessica ashley thomas daniel matthew andrew joshua anthony robert charlie jordan michelle nicole hannah amanda samantha
jasmin maggie buster bailey tigger snoopy scooter sophie martin george william richard patrick steven alexander alexandra
sebastian christian andreas stefan markus peter klaus sandra sabine julia claudia nadine laura maria marie anna sarah lena nina eva
lucas louis hugo pierre nicolas julien camille chloe emma olivia sofia isabella carlos juan jose miguel antonio fernando alejandro diego
joao pedro tiago lisboa berlin hamburg munich muenchen vienna zurich paris london england scotland ireland america canada australia france
germany deutschland espana italia portugal brasil brazil mexico texas florida california newyork chicago boston dallas denver
house home family mother father mama papa mommy daddy baby babygirl babyboy brother sister friend friends bestfriend junior senior
black white green blue purple yellow pink grey gray brown violet magic music guitar piano drums rock metal metallica nirvana slipknot
eminem beatles elvis money dollar million winner champion number first last never enter open sesame super sweet sexy cool crazy
stupid freedom patriot liberty justice victory phantom ghost vampire zombie school college teacher student work company business
qwert azerty qwertz asdf zxcv wasd abcd abc asd qwe zaq qaz wsx
`
  .trim()
  .split(/\s+/);
