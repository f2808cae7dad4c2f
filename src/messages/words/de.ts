import { LABELS_DE } from '../../protocol/words/de.ts';
import type { Words } from './words.ts';

export const DE: Words = {
  'appointment-booked': {
    subject: 'Gebucht: {service}, {date}',
    heading: 'Ihr Termin ist gebucht',
    lead: 'Ihr Termin bei {business} ist gebucht.{card, select, reserved { {amount} sind nur auf Ihrer Karte reserviert und noch nicht bezahlt; eingezogen wird der Betrag bei Ihrem Besuch.} other {}}',
  },
  'appointment-requested': {
    subject: 'Angefragt: {service}, {date}',
    heading: 'Ihre Anfrage ist angekommen',
    lead: '{business} bestätigt diese Zeit oder schlägt eine andere vor. Bis dahin ist sie für Sie reserviert.{card, select, reserved { {amount} sind nur auf Ihrer Karte reserviert und noch nicht bezahlt; eingezogen wird der Betrag bei Ihrem Besuch.} other {}}',
  },
  'appointment-approved': {
    subject: 'Bestätigt: {service}, {date}',
    heading: 'Ihr Termin ist bestätigt',
    lead: '{business} hat Ihren Termin bestätigt.{card, select, reserved { {amount} sind nur auf Ihrer Karte reserviert und noch nicht bezahlt; eingezogen wird der Betrag bei Ihrem Besuch.} other {}}',
  },
  'appointment-declined': {
    subject: 'Nicht möglich: {service}, {date}',
    heading: 'Ihre Anfrage wurde abgelehnt',
    lead: 'Leider kann {business} diese Zeit nicht anbieten. Wählen Sie gerne eine andere.',
  },
  'appointment-changed': {
    subject: 'Geändert: {service}, {date}',
    heading: 'Ihr Termin wurde geändert',
    lead: 'Ihr Termin bei {business} wurde geändert. So ist er jetzt.{balance, select, due { Vom neuen Preis sind noch {amount} zu zahlen.} over { Sie haben {amount} mehr bezahlt, als er jetzt kostet. {business} kann es Ihnen zurückgeben.} other {}}',
  },
  'appointment-cancelled': {
    subject: 'Abgesagt: {service}, {date}',
    heading: 'Ihr Termin ist abgesagt',
    lead: '{by, select, business {{business} hat Ihren Termin abgesagt.} other {Ihr Termin bei {business} ist wie gewünscht abgesagt.}}',
  },
  'appointment-reminder': {
    subject: 'Erinnerung: {service}, {date}',
    heading: 'Ihr Termin steht bevor',
    lead: 'Wir erinnern Sie an Ihren Termin bei {business}.',
  },
  receipt: {
    subject: 'Bezahlt: {service}, {date}',
    heading: 'Ihre Zahlung ist angekommen',
    lead: '{business} hat {amount} erhalten. Vielen Dank.',
  },
  refund: {
    subject: 'Zurückgezahlt: {service}, {date}',
    heading: 'Ihr Geld ist auf dem Weg zurück',
    lead: '{business} hat {amount} zurückgezahlt. {offers, select, none {Je nach Bank dauert es einige Tage, bis es ankommt.} other {Ihre Zahlung kam, als die Zeit schon vergeben war, daher ist nichts gebucht. Diese Zeiten in der Nähe waren noch frei, als diese E-Mail geschrieben wurde.}}',
  },
  'payment-due': {
    subject: 'Zu bezahlen: {service}, {date}',
    heading: 'Bitte bezahlen Sie Ihren Termin',
    lead: 'An {business} sind noch {amount} zu zahlen. Sie können mit Karte bezahlen.',
  },
  sms: {
    'appointment-booked': '{business}: gebucht. {service}, {date}.',
    'appointment-requested': '{business}: Ihre Anfrage ist da, wir bestätigen sie noch. {service}, {date}.',
    'appointment-approved': '{business}: bestätigt. {service}, {date}.',
    'appointment-declined': '{business}: Diese Zeit ist leider nicht möglich. {service}, {date}.',
    'appointment-changed': '{business}: Ihr Termin wurde geändert. {service}, {date}.',
    'appointment-cancelled': '{business}: {by, select, business {Wir haben Ihren Termin abgesagt.} other {Ihr Termin ist abgesagt.}} {service}, {date}.',
    'appointment-reminder': '{business}: Erinnerung an Ihren Termin. {service}, {date}.',
    receipt: '{business}: Wir haben {amount} erhalten. {service}, {date}.',
    refund: '{business}: Wir haben {amount} zurückgezahlt. {service}, {date}.',
    'payment-due': '{business}: Es sind noch {amount} zu zahlen. {service}, {date}.',
    stop: 'Keine SMS mehr? Antworten Sie STOP.',
  },
  agenda: {
    appointments: '{count, plural, one {# Termin} other {# Termine}}',
    subject: '{appointments} am {date}',
    heading: 'Ihr Tag: {date}',
    lead: 'Das ist bei {business} für Sie gebucht, Stand jetzt. Die Namen stehen im Kalender.',
    requested: '{service} (angefragt)',
    more: 'und {count} weitere',
    open: 'Kalender öffnen',
  },
  staff: {
    'staff-booked': {
      subject: 'Neue Buchung: {service}, {date}',
      heading: 'Neue Buchung',
      lead: 'Bei {business} wurde ein Termin mit Ihnen gebucht.',
    },
    'staff-requested': {
      subject: 'Neue Anfrage: {service}, {date}',
      heading: 'Neue Anfrage',
      lead: 'Bei {business} wurde diese Zeit mit Ihnen angefragt. Sie bleibt reserviert, bis die Anfrage beantwortet ist.',
    },
    'staff-changed': {
      subject: 'Geändert: {service}, {date}',
      heading: 'Einer Ihrer Termine wurde geändert',
      lead: '{move, select, away {Er ist jetzt bei jemand anderem im Team und nicht mehr in Ihrem Kalender.} here {Er war bei jemand anderem im Team und ist jetzt in Ihrem Kalender.} other {So ist er jetzt.}}',
    },
    'staff-cancelled': {
      subject: 'Abgesagt: {service}, {date}',
      heading: 'Nicht mehr in Ihrem Kalender',
      lead: '{by, select, customer {Die Kundin oder der Kunde hat diesen Termin abgesagt.} declined {Diese Anfrage wurde abgelehnt.} other {{business} hat diesen Termin abgesagt.}}',
    },
  },
  labels: LABELS_DE,
  priceFrom: 'ab {amount}',
  free: 'Kostenlos',
  manage: 'Termin ansehen, verschieben oder absagen',
  pay: '{amount} bezahlen',
  receiptPage: 'Quittung ansehen und drucken',
  bookAgain: 'Andere Zeit wählen',
  footer: '{business}. Diese E-Mail wurde automatisch verschickt; Antworten werden nicht gelesen.',
};
