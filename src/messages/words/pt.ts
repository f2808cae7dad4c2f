import type { Words } from './words.ts';

export const PT: Words = {
  'appointment-booked': {
    subject: 'Marcada: {service}, {date}',
    heading: 'A sua marcação está feita',
    lead: 'A sua marcação em {business} está feita.',
  },
  'appointment-requested': {
    subject: 'Pedida: {service}, {date}',
    heading: 'Recebemos o seu pedido',
    lead: '{business} confirmará esta hora ou proporá outra. Até lá fica reservada para si.',
  },
  'appointment-approved': {
    subject: 'Confirmada: {service}, {date}',
    heading: 'A sua marcação está confirmada',
    lead: '{business} confirmou a sua marcação.',
  },
  'appointment-declined': {
    subject: 'Não é possível: {service}, {date}',
    heading: 'O seu pedido foi recusado',
    lead: 'Infelizmente, {business} não pode oferecer esta hora. Pode escolher outra.',
  },
  'appointment-changed': {
    subject: 'Alterada: {service}, {date}',
    heading: 'A sua marcação foi alterada',
    lead: 'A sua marcação em {business} foi alterada. Esta é a nova hora.',
  },
  'appointment-cancelled': {
    subject: 'Cancelada: {service}, {date}',
    heading: 'A sua marcação está cancelada',
    lead: '{by, select, business {{business} cancelou a sua marcação.} other {A sua marcação em {business} está cancelada, como pediu.}}',
  },
  'appointment-reminder': {
    subject: 'Lembrete: {service}, {date}',
    heading: 'A sua marcação aproxima-se',
    lead: 'Lembramos a sua marcação em {business}.',
  },
  sms: {
    'appointment-booked': '{business}: marcada. {service}, {date}.',
    'appointment-requested': '{business}: recebemos o seu pedido e vamos confirmá-lo. {service}, {date}.',
    'appointment-approved': '{business}: confirmada. {service}, {date}.',
    'appointment-declined': '{business}: lamentamos, esta hora não é possível. {service}, {date}.',
    'appointment-changed': '{business}: a sua marcação mudou. {service}, {date}.',
    'appointment-cancelled': '{business}: {by, select, business {cancelámos a sua marcação.} other {a sua marcação está cancelada.}} {service}, {date}.',
    'appointment-reminder': '{business}: lembrete da sua marcação. {service}, {date}.',
    stop: 'Para não receber mais SMS, responda STOP.',
  },
  agenda: {
    subject: '{count, plural, one {# marcação} other {# marcações}} em {date}',
    heading: 'O seu dia: {date}',
    lead: 'Isto é o que está marcado consigo em {business} neste momento. Os nomes estão no calendário.',
    requested: '{service} (pedida)',
    more: 'e mais {count}',
    open: 'Abrir o calendário',
  },
  labels: { when: 'Quando', before: 'Antes', service: 'Serviço', staff: 'Com', where: 'Onde', price: 'Preço', reference: 'Referência' },
  manage: 'Ver, mudar ou cancelar a marcação',
  footer: '{business}. Este e-mail foi enviado automaticamente; as respostas não são lidas.',
};
