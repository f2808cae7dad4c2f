import { LABELS_EN } from '../../protocol/words/en.ts';
import type { Words } from './words.ts';

export const EN: Words = {
  'appointment-booked': {
    subject: 'Booked: {service}, {date}',
    heading: 'Your appointment is booked',
    lead: 'Your appointment with {business} is booked.{card, select, reserved { {amount} is only reserved on your card and not paid yet; it is taken at your visit.} other {}}',
  },
  'appointment-requested': {
    subject: 'Requested: {service}, {date}',
    heading: 'We have your request',
    lead: '{business} will confirm this time or suggest another. It is kept for you until then.{card, select, reserved { {amount} is only reserved on your card and not paid yet; it is taken at your visit.} other {}}',
  },
  'appointment-approved': {
    subject: 'Confirmed: {service}, {date}',
    heading: 'Your appointment is confirmed',
    lead: '{business} has confirmed your appointment.{card, select, reserved { {amount} is only reserved on your card and not paid yet; it is taken at your visit.} other {}}',
  },
  'appointment-declined': {
    subject: 'Not possible: {service}, {date}',
    heading: 'Your request was declined',
    lead: 'Unfortunately {business} cannot offer this time. You are welcome to choose another.',
  },
  'appointment-changed': {
    subject: 'Changed: {service}, {date}',
    heading: 'Your appointment has changed',
    lead: 'Your appointment with {business} has changed. This is how it is now.{balance, select, due { Of the new price, {amount} is still to be paid.} over { You have paid {amount} more than it costs now. {business} can give it back.} other {}}',
  },
  'appointment-cancelled': {
    subject: 'Cancelled: {service}, {date}',
    heading: 'Your appointment is cancelled',
    lead: '{by, select, business {{business} has cancelled your appointment.} other {Your appointment with {business} is cancelled, as you asked.}}',
  },
  'appointment-reminder': {
    subject: 'Reminder: {service}, {date}',
    heading: 'Your appointment is coming up',
    lead: 'This is a reminder of your appointment with {business}.',
  },
  receipt: {
    subject: 'Paid: {service}, {date}',
    heading: 'We have your payment',
    lead: '{business} has received {amount}. Thank you.',
  },
  refund: {
    subject: 'Paid back: {service}, {date}',
    heading: 'Your money is on its way back',
    lead: '{business} has paid back {amount}. {offers, select, none {Depending on your bank it takes a few days to arrive.} other {It came when the time was no longer free, so nothing is booked. These times nearby were free when this was written.}}',
  },
  'payment-due': {
    subject: 'To be paid: {service}, {date}',
    heading: 'Please pay for your appointment',
    lead: '{amount} is still to be paid to {business}. You can pay by card.',
  },
  sms: {
    'appointment-booked': '{business}: booked. {service}, {date}.',
    'appointment-requested': '{business}: we have your request and will confirm it. {service}, {date}.',
    'appointment-approved': '{business}: confirmed. {service}, {date}.',
    'appointment-declined': '{business}: sorry, this time is not possible. {service}, {date}.',
    'appointment-changed': '{business}: your appointment has changed. {service}, {date}.',
    'appointment-cancelled':
      '{business}: {by, select, business {we have cancelled your appointment.} other {your appointment is cancelled.}} {service}, {date}.',
    'appointment-reminder': '{business}: reminder of your appointment. {service}, {date}.',
    receipt: '{business}: we have received {amount}. {service}, {date}.',
    refund: '{business}: we have paid back {amount}. {service}, {date}.',
    'payment-due': '{business}: {amount} is still to be paid. {service}, {date}.',
    stop: 'Reply STOP to get no more texts.',
  },
  agenda: {
    appointments: '{count, plural, one {# appointment} other {# appointments}}',
    subject: '{appointments} on {date}',
    heading: 'Your day: {date}',
    lead: 'This is what is booked with you at {business}, as of now. Names are in the calendar.',
    requested: '{service} (requested)',
    more: 'and {count} more',
    open: 'Open the calendar',
  },
  staff: {
    'staff-booked': {
      subject: 'New booking: {service}, {date}',
      heading: 'A new booking',
      lead: 'An appointment with you at {business} has been booked.',
    },
    'staff-requested': {
      subject: 'New request: {service}, {date}',
      heading: 'A new request',
      lead: 'This time with you at {business} has been requested. It is kept until the request is answered.',
    },
    'staff-changed': {
      subject: 'Changed: {service}, {date}',
      heading: 'One of your appointments has changed',
      lead: '{move, select, away {It is with a colleague now, and no longer in your calendar.} here {It was with a colleague, and is in your calendar now.} other {This is how it is now.}}',
    },
    'staff-cancelled': {
      subject: 'Cancelled: {service}, {date}',
      heading: 'No longer in your calendar',
      lead: '{by, select, customer {The customer has cancelled this appointment.} declined {This request was declined.} other {{business} has cancelled this appointment.}}',
    },
  },
  labels: LABELS_EN,
  priceFrom: 'from {amount}',
  free: 'Free',
  manage: 'Show, move or cancel the appointment',
  pay: 'Pay {amount}',
  receiptPage: 'Show and print the receipt',
  bookAgain: 'Choose another time',
  footer: '{business}. This e-mail was sent automatically; replies are not read.',
};
