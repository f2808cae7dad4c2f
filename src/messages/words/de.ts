import type { Words } from './words.ts';

export const DE: Words = {
  'appointment-booked': {
    subject: 'Gebucht: {service}, {date}',
    heading: 'Ihr Termin ist gebucht',
    lead: 'Ihr Termin bei {business} ist gebucht.',
  },
  'appointment-requested': {
    subject: 'Angefragt: {service}, {date}',
    heading: 'Ihre Anfrage ist angekommen',
    lead: '{business} bestätigt diese Zeit oder schlägt eine andere vor. Bis dahin ist sie für Sie reserviert.',
  },
  'appointment-approved': {
    subject: 'Bestätigt: {service}, {date}',
    heading: 'Ihr Termin ist bestätigt',
    lead: '{business} hat Ihren Termin bestätigt.',
  },
  'appointment-declined': {
    subject: 'Nicht möglich: {service}, {date}',
    heading: 'Ihre Anfrage wurde abgelehnt',
    lead: 'Leider kann {business} diese Zeit nicht anbieten. Wählen Sie gerne eine andere.',
  },
  'appointment-changed': {
    subject: 'Geändert: {service}, {date}',
    heading: 'Ihr Termin wurde geändert',
    lead: 'Ihr Termin bei {business} wurde geändert. Dies ist die neue Zeit.',
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
  sms: {
    'appointment-booked': '{business}: gebucht. {service}, {date}.',
    'appointment-requested': '{business}: Ihre Anfrage ist da, wir bestätigen sie noch. {service}, {date}.',
    'appointment-approved': '{business}: bestätigt. {service}, {date}.',
    'appointment-declined': '{business}: Diese Zeit ist leider nicht möglich. {service}, {date}.',
    'appointment-changed': '{business}: Ihr Termin wurde geändert. {service}, {date}.',
    'appointment-cancelled': '{business}: {by, select, business {Wir haben Ihren Termin abgesagt.} other {Ihr Termin ist abgesagt.}} {service}, {date}.',
    'appointment-reminder': '{business}: Erinnerung an Ihren Termin. {service}, {date}.',
    stop: 'Keine SMS mehr? Antworten Sie STOP.',
  },
  agenda: {
    subject: '{count, plural, one {# Termin} other {# Termine}} am {date}',
    heading: 'Ihr Tag: {date}',
    lead: 'Das ist bei Ihnen in {business} gebucht, Stand jetzt. Namen stehen im Kalender.',
    requested: '{service} (angefragt)',
    more: 'und {count} weitere',
    open: 'Kalender öffnen',
  },
  labels: { when: 'Wann', before: 'Vorher', service: 'Leistung', staff: 'Bei', where: 'Wo', price: 'Preis', reference: 'Nummer' },
  manage: 'Termin ansehen, verschieben oder absagen',
  footer: '{business}. Diese E-Mail wurde automatisch verschickt; Antworten werden nicht gelesen.',
};
