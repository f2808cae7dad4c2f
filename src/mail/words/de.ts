import type { EmailWords } from './words.ts';

const GOOD = 'Der Link gilt einmal, bis {expiresAt}. Wenn Sie mehrere Links angefordert haben, gilt nur der neueste.';

export const DE: EmailWords = {
  'email-verification': {
    subject: '{business}: Ist das Ihre E-Mail-Adresse?',
    paragraphs: [
      'Jemand hat sich mit dieser E-Mail-Adresse bei {business} registriert. Wenn Sie das waren, öffnen Sie diesen Link und geben Sie das Passwort ein, das Sie gewählt haben:',
      '{link}',
      GOOD,
      'Wenn Sie es nicht waren, beachten Sie diese E-Mail nicht: Ohne den Link entsteht kein Konto.',
    ],
  },
  'already-registered': {
    subject: '{business}: Sie haben schon ein Konto',
    paragraphs: [
      'Jemand wollte sich mit dieser E-Mail-Adresse bei {business} registrieren. Es gibt dafür schon ein Konto, und daran hat sich nichts geändert.',
      'Wenn Sie das waren, melden Sie sich wie gewohnt an. Wenn Sie Ihr Passwort vergessen haben, können Sie ein neues setzen: {accountUrl}',
      'Wenn Sie es nicht waren, beachten Sie diese E-Mail nicht. Wer sich registrieren wollte, hat nicht erfahren, dass Sie ein Konto haben.',
    ],
  },
  'password-reset': {
    subject: '{business}: Neues Passwort setzen',
    paragraphs: [
      'Jemand hat für Ihr Konto bei {business} ein neues Passwort angefordert. Wenn Sie das waren, öffnen Sie diesen Link und wählen Sie eines:',
      '{link}',
      GOOD,
      'Wenn Sie es nicht waren, beachten Sie diese E-Mail nicht: Ihr Passwort bleibt, wie es ist. Geben Sie den Link nicht weiter: Er öffnet Ihr Konto.',
    ],
  },
  'password-reset-without-account': {
    subject: '{business}: Kein Konto mit dieser Adresse',
    paragraphs: [
      'Jemand hat bei {business} für diese E-Mail-Adresse ein neues Passwort angefordert, aber es gibt kein Konto dafür.',
      'Wenn Sie das waren, haben Sie sich vielleicht mit einer anderen Adresse registriert. Mit dieser können Sie sich hier registrieren: {accountUrl}',
      'Wenn Sie es nicht waren, beachten Sie diese E-Mail nicht.',
    ],
  },
  'password-changed': {
    subject: '{business}: Ihr Passwort wurde geändert',
    paragraphs: [
      'Das Passwort Ihres Kontos bei {business} wurde am {writtenAt} geändert.',
      'Wenn Sie das waren, müssen Sie nichts tun.',
      'Wenn Sie es nicht waren, hat jemand anderes Zugriff auf Ihr Konto. Setzen Sie sofort ein neues Passwort, damit werden alle Geräte abgemeldet: {accountUrl}. Sagen Sie dann {business} Bescheid.',
    ],
  },
  invitation: {
    subject: '{business}: Ihr Konto',
    paragraphs: [
      '{business} hat ein Konto für Sie angelegt. Öffnen Sie diesen Link und wählen Sie ein Passwort:',
      '{link}',
      GOOD,
      'Wenn das ein Versehen ist, beachten Sie diese E-Mail nicht. Geben Sie den Link nicht weiter: Er öffnet das Konto.',
    ],
  },
  'booking-code': {
    subject: '{business}: Ihr Code für die Buchung',
    paragraphs: [
      'Dieser Code zeigt {business}, dass diese E-Mail-Adresse Ihnen gehört. Geben Sie ihn auf der Buchungsseite ein:',
      '{token}',
      'Er gilt nur für diese Buchung und solange Ihre Zeit reserviert ist.',
      'Wenn Sie es nicht waren, beachten Sie diese E-Mail nicht: Ohne den Code wird nichts gebucht. Geben Sie ihn niemandem.',
    ],
  },
  'webhook-disabled': {
    subject: '{business}: Ein Webhook wurde abgeschaltet',
    paragraphs: [
      'Ein Webhook-Endpunkt von {business} wurde am {writtenAt} abgeschaltet, weil er lange nicht erreichbar war oder abgelehnt hat, was ihm geschickt wurde. Er bekommt keine Ereignisse mehr.',
      'GET /v1/webhooks listet die Endpunkte, mit dem Grund in disabledBecause. Wenn der Empfänger wieder arbeitet, schalten Sie den Endpunkt ein und holen Sie nach, was er verpasst hat. docs/webhooks.md erklärt, wie.',
      'Sie bekommen diese E-Mail, weil Sie die Webhooks von {business} verwalten dürfen.',
    ],
  },
  'time-off-decided': {
    subject: '{business}: Ihr Antrag auf Abwesenheit',
    paragraphs: [
      'Ihr Antrag auf Abwesenheit wurde am {writtenAt} beantwortet. Melden Sie sich an, um die Antwort zu lesen: {accountUrl}',
      'Sie bekommen diese E-Mail, weil Sie eine Abwesenheit beantragt haben. Unter der Glocke am Empfang können Sie solche E-Mails abschalten.',
    ],
  },
  'second-factor-on': {
    subject: '{business}: Zum Anmelden ist jetzt ein Code nötig',
    paragraphs: [
      'Für Ihr Konto bei {business} wurde am {writtenAt} ein zweiter Faktor eingeschaltet. Von jetzt an brauchen Sie zum Anmelden neben Ihrem Passwort einen Code aus Ihrer App.',
      'Wenn Sie das waren, heben Sie die Wiederherstellungscodes so auf, dass Sie sie ohne Ihr Telefon finden.',
      'Wenn Sie es nicht waren, hat jemand anderes Zugriff auf Ihr Konto. Setzen Sie sofort ein neues Passwort, damit werden alle Geräte abgemeldet: {accountUrl}. Sagen Sie dann {business} Bescheid; dort kann der zweite Faktor entfernt werden.',
    ],
  },
  'second-factor-off': {
    subject: '{business}: Zum Anmelden ist kein Code mehr nötig',
    paragraphs: [
      'Der zweite Faktor Ihres Kontos bei {business} wurde am {writtenAt} entfernt. Zum Anmelden genügt jetzt Ihr Passwort.',
      'Wenn Sie das waren oder darum gebeten haben, müssen Sie nichts tun.',
      'Wenn Sie es nicht waren, setzen Sie sofort ein neues Passwort, damit werden alle Geräte abgemeldet: {accountUrl}. Sagen Sie dann {business} Bescheid.',
    ],
  },
  footer: '{business}. Diese E-Mail wurde automatisch verschickt; Antworten werden nicht gelesen.',
};
