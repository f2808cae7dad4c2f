import { LABELS_ES } from '../../protocol/words/es.ts';
import type { Words } from './words.ts';

export const ES: Words = {
  'appointment-booked': {
    subject: 'Reservada: {service}, {date}',
    heading: 'Su cita está reservada',
    lead: 'Su cita en {business} está reservada.{card, select, reserved { Solo se han retenido {amount} en su tarjeta y aún no se han pagado; el importe se cobra en su visita.} other {}}',
  },
  'appointment-requested': {
    subject: 'Solicitada: {service}, {date}',
    heading: 'Hemos recibido su solicitud',
    lead: '{business} confirmará esta hora o propondrá otra. Mientras tanto queda reservada para usted.{card, select, reserved { Solo se han retenido {amount} en su tarjeta y aún no se han pagado; el importe se cobra en su visita.} other {}}',
  },
  'appointment-approved': {
    subject: 'Confirmada: {service}, {date}',
    heading: 'Su cita está confirmada',
    lead: '{business} ha confirmado su cita.{card, select, reserved { Solo se han retenido {amount} en su tarjeta y aún no se han pagado; el importe se cobra en su visita.} other {}}',
  },
  'appointment-declined': {
    subject: 'No es posible: {service}, {date}',
    heading: 'Su solicitud ha sido rechazada',
    lead: 'Lamentablemente, {business} no puede ofrecer esta hora. Puede elegir otra.',
  },
  'appointment-changed': {
    subject: 'Cambiada: {service}, {date}',
    heading: 'Su cita ha cambiado',
    lead: 'Su cita en {business} ha cambiado. Así queda ahora.{balance, select, due { Del nuevo precio quedan por pagar {amount}.} over { Ha pagado {amount} más de lo que cuesta ahora. {business} puede devolvérselo.} other {}}',
  },
  'appointment-cancelled': {
    subject: 'Cancelada: {service}, {date}',
    heading: 'Su cita está cancelada',
    lead: '{by, select, business {{business} ha cancelado su cita.} other {Su cita en {business} está cancelada, como pidió.}}',
  },
  'appointment-reminder': {
    subject: 'Recordatorio: {service}, {date}',
    heading: 'Su cita se acerca',
    lead: 'Le recordamos su cita en {business}.',
  },
  receipt: {
    subject: 'Pagada: {service}, {date}',
    heading: 'Hemos recibido su pago',
    lead: '{business} ha recibido {amount}. Gracias.',
  },
  refund: {
    subject: 'Devuelto: {service}, {date}',
    heading: 'Su dinero está en camino',
    lead: '{business} le ha devuelto {amount}. {offers, select, none {Según su banco, tarda unos días en llegar.} other {El pago llegó cuando la hora ya no estaba libre, así que no hay nada reservado. Estas horas cercanas estaban libres al escribir este correo.}}',
  },
  'payment-due': {
    subject: 'Por pagar: {service}, {date}',
    heading: 'Por favor, pague su cita',
    lead: 'Quedan {amount} por pagar a {business}. Puede pagar con tarjeta.',
  },
  sms: {
    'appointment-booked': '{business}: reservada. {service}, {date}.',
    'appointment-requested': '{business}: hemos recibido su solicitud y la confirmaremos. {service}, {date}.',
    'appointment-approved': '{business}: confirmada. {service}, {date}.',
    'appointment-declined': '{business}: lo sentimos, esta hora no es posible. {service}, {date}.',
    'appointment-changed': '{business}: su cita ha cambiado. {service}, {date}.',
    'appointment-cancelled': '{business}: {by, select, business {hemos cancelado su cita.} other {su cita está cancelada.}} {service}, {date}.',
    'appointment-reminder': '{business}: recordatorio de su cita. {service}, {date}.',
    receipt: '{business}: hemos recibido {amount}. {service}, {date}.',
    refund: '{business}: hemos devuelto {amount}. {service}, {date}.',
    'payment-due': '{business}: quedan {amount} por pagar. {service}, {date}.',
    stop: 'Para no recibir más SMS, responda STOP.',
  },
  agenda: {
    appointments: '{count, plural, one {# cita} other {# citas}}',
    subject: '{appointments} el {date}',
    heading: 'Su día: {date}',
    lead: 'Esto es lo que hay reservado con usted en {business} en este momento. Los nombres están en el calendario.',
    requested: '{service} (solicitada)',
    more: 'y {count} más',
    open: 'Abrir el calendario',
  },
  staff: {
    'staff-booked': {
      subject: 'Nueva reserva: {service}, {date}',
      heading: 'Nueva reserva',
      lead: 'Se ha reservado una cita con usted en {business}.',
    },
    'staff-requested': {
      subject: 'Nueva solicitud: {service}, {date}',
      heading: 'Nueva solicitud',
      lead: 'Se ha solicitado esta hora con usted en {business}. Queda reservada hasta que se responda.',
    },
    'staff-changed': {
      subject: 'Cambiada: {service}, {date}',
      heading: 'Una de sus citas ha cambiado',
      lead: '{move, select, away {Ahora es con otra persona del equipo y ya no está en su calendario.} here {Era con otra persona del equipo y ahora está en su calendario.} other {Así queda ahora.}}',
    },
    'staff-cancelled': {
      subject: 'Cancelada: {service}, {date}',
      heading: 'Ya no está en su calendario',
      lead: '{by, select, customer {Quien reservó esta cita la ha cancelado.} declined {Esta solicitud ha sido rechazada.} other {{business} ha cancelado esta cita.}}',
    },
  },
  labels: LABELS_ES,
  priceFrom: 'desde {amount}',
  free: 'Gratis',
  manage: 'Ver, mover o cancelar la cita',
  pay: 'Pagar {amount}',
  receiptPage: 'Ver e imprimir el recibo',
  bookAgain: 'Elegir otra hora',
  footer: '{business}. Este correo se ha enviado automáticamente; las respuestas no se leen.',
};
