import { LABELS_FR } from '../../protocol/words/fr.ts';
import type { Words } from './words.ts';

export const FR: Words = {
  'appointment-booked': {
    subject: 'Réservé : {service}, {date}',
    heading: 'Votre rendez-vous est réservé',
    lead: 'Votre rendez-vous chez {business} est réservé.{card, select, reserved { {amount} sont seulement réservés sur votre carte et pas encore payés ; le montant est prélevé lors de votre visite.} other {}}',
  },
  'appointment-requested': {
    subject: 'Demandé : {service}, {date}',
    heading: 'Nous avons reçu votre demande',
    lead: '{business} confirmera cet horaire ou en proposera un autre. Il vous est réservé en attendant.{card, select, reserved { {amount} sont seulement réservés sur votre carte et pas encore payés ; le montant est prélevé lors de votre visite.} other {}}',
  },
  'appointment-approved': {
    subject: 'Confirmé : {service}, {date}',
    heading: 'Votre rendez-vous est confirmé',
    lead: '{business} a confirmé votre rendez-vous.{card, select, reserved { {amount} sont seulement réservés sur votre carte et pas encore payés ; le montant est prélevé lors de votre visite.} other {}}',
  },
  'appointment-declined': {
    subject: 'Impossible : {service}, {date}',
    heading: 'Votre demande a été refusée',
    lead: 'Malheureusement, {business} ne peut pas proposer cet horaire. Vous pouvez en choisir un autre.',
  },
  'appointment-changed': {
    subject: 'Modifié : {service}, {date}',
    heading: 'Votre rendez-vous a été modifié',
    lead: 'Votre rendez-vous chez {business} a été modifié. Le voici tel qu’il est maintenant.{balance, select, due { Du nouveau prix, il reste {amount} à payer.} over { Vous avez payé {amount} de plus que son prix actuel. {business} peut vous le rembourser.} other {}}',
  },
  'appointment-cancelled': {
    subject: 'Annulé : {service}, {date}',
    heading: 'Votre rendez-vous est annulé',
    lead: '{by, select, business {{business} a annulé votre rendez-vous.} other {Votre rendez-vous chez {business} est annulé, comme vous l’avez demandé.}}',
  },
  'appointment-reminder': {
    subject: 'Rappel : {service}, {date}',
    heading: 'Votre rendez-vous approche',
    lead: 'Nous vous rappelons votre rendez-vous chez {business}.',
  },
  receipt: {
    subject: 'Payé : {service}, {date}',
    heading: 'Nous avons reçu votre paiement',
    lead: '{business} a reçu {amount}. Merci.',
  },
  refund: {
    subject: 'Remboursé : {service}, {date}',
    heading: 'Votre remboursement est en route',
    lead: '{business} vous a remboursé {amount}. {offers, select, none {Selon votre banque, il arrive en quelques jours.} other {Le paiement est arrivé alors que l’horaire n’était plus libre : rien n’est réservé. Ces horaires proches étaient libres au moment de l’envoi.}}',
  },
  'payment-due': {
    subject: 'À payer : {service}, {date}',
    heading: 'Merci de régler votre rendez-vous',
    lead: 'Il reste {amount} à payer à {business}. Vous pouvez payer par carte.',
  },
  sms: {
    'appointment-booked': '{business} : réservé. {service}, {date}.',
    'appointment-requested': '{business} : votre demande est arrivée, nous allons la confirmer. {service}, {date}.',
    'appointment-approved': '{business} : confirmé. {service}, {date}.',
    'appointment-declined': '{business} : cet horaire n’est malheureusement pas possible. {service}, {date}.',
    'appointment-changed': '{business} : votre rendez-vous a été modifié. {service}, {date}.',
    'appointment-cancelled':
      '{business} : {by, select, business {nous avons annulé votre rendez-vous.} other {votre rendez-vous est annulé.}} {service}, {date}.',
    'appointment-reminder': '{business} : rappel de votre rendez-vous. {service}, {date}.',
    receipt: '{business} : nous avons reçu {amount}. {service}, {date}.',
    refund: '{business} : nous avons remboursé {amount}. {service}, {date}.',
    'payment-due': '{business} : il reste {amount} à payer. {service}, {date}.',
    stop: 'Pour ne plus recevoir de SMS, répondez STOP.',
  },
  agenda: {
    appointments: '{count, plural, one {# rendez-vous} other {# rendez-vous}}',
    subject: '{appointments} le {date}',
    heading: 'Votre journée : {date}',
    lead: 'Voici vos rendez-vous chez {business}, à l’heure où ce message part. Les noms sont dans le calendrier.',
    requested: '{service} (demandé)',
    more: 'et {count} de plus',
    open: 'Ouvrir le calendrier',
  },
  staff: {
    'staff-booked': {
      subject: 'Nouvelle réservation : {service}, {date}',
      heading: 'Nouvelle réservation',
      lead: 'Un rendez-vous avec vous chez {business} vient d’être réservé.',
    },
    'staff-requested': {
      subject: 'Nouvelle demande : {service}, {date}',
      heading: 'Nouvelle demande',
      lead: 'Cet horaire avec vous chez {business} a été demandé. Il reste réservé en attendant la réponse.',
    },
    'staff-changed': {
      subject: 'Modifié : {service}, {date}',
      heading: 'Un de vos rendez-vous a été modifié',
      lead: '{move, select, away {Il est maintenant avec une autre personne de l’équipe et n’est plus dans votre calendrier.} here {Il était avec une autre personne de l’équipe et se trouve maintenant dans votre calendrier.} other {Le voici tel qu’il est maintenant.}}',
    },
    'staff-cancelled': {
      subject: 'Annulé : {service}, {date}',
      heading: 'Il n’est plus dans votre calendrier',
      lead: '{by, select, customer {La personne qui l’avait réservé a annulé ce rendez-vous.} declined {Cette demande a été refusée.} other {{business} a annulé ce rendez-vous.}}',
    },
  },
  labels: LABELS_FR,
  priceFrom: 'à partir de {amount}',
  free: 'Gratuit',
  manage: 'Voir, déplacer ou annuler le rendez-vous',
  pay: 'Payer {amount}',
  receiptPage: 'Voir et imprimer le reçu',
  bookAgain: 'Choisir un autre horaire',
  footer: '{business}. Cet e-mail a été envoyé automatiquement ; les réponses ne sont pas lues.',
};
