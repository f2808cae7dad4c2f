import { LABELS_PT } from '../../protocol/words/pt.ts';
import type { Words } from './words.ts';

export const PT: Words = {
  'appointment-booked': {
    subject: 'Marcada: {service}, {date}',
    heading: 'A sua marcação está feita',
    lead: 'A sua marcação em {business} está feita.{card, select, reserved { Foram apenas cativados {amount} no seu cartão e ainda não pagos; o valor é cobrado na sua visita.} other {}}',
  },
  'appointment-requested': {
    subject: 'Pedida: {service}, {date}',
    heading: 'Recebemos o seu pedido',
    lead: '{business} confirmará esta hora ou proporá outra. Até lá fica reservada para si.{card, select, reserved { Foram apenas cativados {amount} no seu cartão e ainda não pagos; o valor é cobrado na sua visita.} other {}}',
  },
  'appointment-approved': {
    subject: 'Confirmada: {service}, {date}',
    heading: 'A sua marcação está confirmada',
    lead: '{business} confirmou a sua marcação.{card, select, reserved { Foram apenas cativados {amount} no seu cartão e ainda não pagos; o valor é cobrado na sua visita.} other {}}',
  },
  'appointment-declined': {
    subject: 'Não é possível: {service}, {date}',
    heading: 'O seu pedido foi recusado',
    lead: 'Infelizmente, {business} não pode oferecer esta hora. Pode escolher outra.',
  },
  'appointment-changed': {
    subject: 'Alterada: {service}, {date}',
    heading: 'A sua marcação foi alterada',
    lead: 'A sua marcação em {business} foi alterada. Fica agora assim.{balance, select, due { Do novo preço falta pagar {amount}.} over { Pagou mais {amount} do que custa agora. {business} pode devolver-lhe esse valor.} other {}}',
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
  receipt: {
    subject: 'Paga: {service}, {date}',
    heading: 'Recebemos o seu pagamento',
    lead: '{business} recebeu {amount}. Obrigado.',
  },
  refund: {
    subject: 'Devolvido: {service}, {date}',
    heading: 'O seu dinheiro está a caminho',
    lead: '{business} devolveu-lhe {amount}. {offers, select, none {Conforme o seu banco, demora alguns dias a chegar.} other {O pagamento chegou quando a hora já não estava livre, por isso nada está marcado. Estas horas próximas estavam livres quando este e-mail foi escrito.}}',
  },
  'payment-due': {
    subject: 'Por pagar: {service}, {date}',
    heading: 'Por favor, pague a sua marcação',
    lead: 'Falta pagar {amount} a {business}. Pode pagar com cartão.',
  },
  sms: {
    'appointment-booked': '{business}: marcada. {service}, {date}.',
    'appointment-requested': '{business}: recebemos o seu pedido e vamos confirmá-lo. {service}, {date}.',
    'appointment-approved': '{business}: confirmada. {service}, {date}.',
    'appointment-declined': '{business}: lamentamos, esta hora não é possível. {service}, {date}.',
    'appointment-changed': '{business}: a sua marcação mudou. {service}, {date}.',
    'appointment-cancelled': '{business}: {by, select, business {cancelámos a sua marcação.} other {a sua marcação está cancelada.}} {service}, {date}.',
    'appointment-reminder': '{business}: lembrete da sua marcação. {service}, {date}.',
    receipt: '{business}: recebemos {amount}. {service}, {date}.',
    refund: '{business}: devolvemos {amount}. {service}, {date}.',
    'payment-due': '{business}: falta pagar {amount}. {service}, {date}.',
    stop: 'Para não receber mais SMS, responda STOP.',
  },
  agenda: {
    appointments: '{count, plural, one {# marcação} other {# marcações}}',
    subject: '{appointments}: {date}',
    heading: 'O seu dia: {date}',
    lead: 'Isto é o que está marcado consigo em {business} neste momento. Os nomes estão no calendário.',
    requested: '{service} (pedida)',
    more: 'e mais {count}',
    open: 'Abrir o calendário',
  },
  staff: {
    'staff-booked': {
      subject: 'Nova marcação: {service}, {date}',
      heading: 'Nova marcação',
      lead: 'Foi feita uma marcação consigo em {business}.',
    },
    'staff-requested': {
      subject: 'Novo pedido: {service}, {date}',
      heading: 'Novo pedido',
      lead: 'Foi pedida esta hora consigo em {business}. Fica reservada até haver resposta.',
    },
    'staff-changed': {
      subject: 'Alterada: {service}, {date}',
      heading: 'Uma das suas marcações foi alterada',
      lead: '{move, select, away {Agora é com outra pessoa da equipa e já não está no seu calendário.} here {Era com outra pessoa da equipa e está agora no seu calendário.} other {Fica agora assim.}}',
    },
    'staff-cancelled': {
      subject: 'Cancelada: {service}, {date}',
      heading: 'Já não está no seu calendário',
      lead: '{by, select, customer {Quem fez esta marcação cancelou-a.} declined {Este pedido foi recusado.} other {{business} cancelou esta marcação.}}',
    },
  },
  labels: LABELS_PT,
  priceFrom: 'a partir de {amount}',
  free: 'Grátis',
  manage: 'Ver, mudar ou cancelar a marcação',
  pay: 'Pagar {amount}',
  receiptPage: 'Ver e imprimir o recibo',
  bookAgain: 'Escolher outra hora',
  footer: '{business}. Este e-mail foi enviado automaticamente; as respostas não são lidas.',
};
