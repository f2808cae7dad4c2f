import type { KitWords } from './en.ts';
import type { ProblemWords } from './problem-words.ts';

export const DE: KitWords = {
  connection: {
    connecting: 'Verbindet',
    live: 'Live',
    reconnecting: 'Verbindet neu',
    offline: 'Offline',
    deviceOffline: 'Dieses Gerät ist offline.',
    lost: 'Die Verbindung ist abgerissen. Wir stellen sie wieder her.',
  },
  notSure: { title: 'Noch nicht sicher.', more: 'Wir prüfen weiter, bis wir es wissen. Nichts geschieht doppelt.' },
  optional: '(freiwillig)',
  copied: 'Kopiert',
  copyByHand: 'Bitte von Hand kopieren',
  calendar: { lead: 'In den Kalender eintragen:', file: 'Kalenderdatei', saved: 'Die Kalenderdatei ist gespeichert.' },
  duration: { minutes: '{minutes} Min.', hours: '{hours} Std.', both: '{hours} Std. {minutes} Min.' },
  ourTeam: 'unserem Team',
  offer: {
    free: 'Kostenlos',
    paidAll: 'Zahlung bei der Buchung',
    paidPart: '{amount} bei der Buchung',
    group: 'Bis zu {people} Personen',
    onRequest: 'Auf Anfrage',
  },
};

export const PROBLEMS: ProblemWords = {
  'slot-taken': 'Diese Zeit hat gerade jemand anders genommen.',
  'customer-busy': 'Mit dieser E-Mail-Adresse gibt es zu dieser Zeit schon einen Termin.',
  'slot-in-past': 'Diese Zeit ist schon vorbei. Bitte wählen Sie eine spätere.',
  'too-soon': 'Das ist zu kurzfristig. Bitte wählen Sie eine spätere Zeit.',
  'too-far': 'Dieser Tag kann noch nicht gebucht werden. Bitte wählen Sie einen früheren.',
  'outside-hours': 'Diese Zeit liegt außerhalb der Öffnungszeiten.',
  'off-grid': 'Diese Zeit wird nicht angeboten. Bitte wählen Sie eine aus der Liste.',
  'limit-reached':
    'Grenze erreicht: Der Tag ist voll, oder von Ihrem Anschluss sind zu viele Zeiten reserviert oder gebucht. Bitte melden Sie sich an oder rufen Sie uns an.',
  'hold-expired': 'Ihre Reservierung dieser Zeit ist abgelaufen.',
  'hold-not-found': 'Diese Zeit ist nicht mehr für Sie reserviert.',
  'cancel-too-late': 'Zum Absagen im Internet ist es zu spät. Bitte rufen Sie uns an.',
  'reschedule-too-late': 'Zum Verschieben ist es zu spät. Bitte rufen Sie uns an.',
  'payment-required': 'Dieser Termin muss zuerst bezahlt werden.',
  'payments-off': 'Zahlungen sind hier nicht eingerichtet.',
  'wrong-status': 'Das geht nicht mehr: Der Termin hat sich geändert.',
  'invalid-request': 'Bitte prüfen Sie die markierten Felder.',
  'not-found': 'Das konnten wir nicht mehr finden.',
  unauthenticated: 'Bitte melden Sie sich noch einmal an.',
  'manage-token-ended':
    'Dieser Link gilt nicht mehr. Links enden zwei Tage nach dem Termin oder seiner Absage und wenn die E-Mail-Adresse berichtigt wird: Nehmen Sie den Link aus der neuesten E-Mail.',
  'proof-required': 'Bitte geben Sie den Code ein, den wir an Ihre E-Mail-Adresse geschickt haben.',
  forbidden: 'Ihr Konto darf das nicht.',
  blocked: 'Bitte melden Sie sich bei uns, um zu buchen.',
  'rate-limited': 'Zu viele Versuche. Bitte warten Sie einen Augenblick und versuchen Sie es noch einmal.',
  overloaded: 'Gerade ist sehr viel los. Bitte versuchen Sie es gleich noch einmal.',
  'outcome-unknown': 'Wir wissen nicht, ob das geklappt hat. Bitte sehen Sie nach, bevor Sie es noch einmal versuchen.',
  unreachable: 'Wir erreichen den Server nicht. Bitte prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.',
  internal: 'Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal.',
  other: 'Das hat nicht geklappt. Bitte versuchen Sie es noch einmal oder rufen Sie uns an.',
};
