import type { KitWords } from './en.ts';
import type { ProblemWords } from './problem-words.ts';

export const FR: KitWords = {
  connection: {
    connecting: 'Connexion',
    live: 'En direct',
    reconnecting: 'Reconnexion',
    offline: 'Hors ligne',
    deviceOffline: 'Cet appareil est hors ligne.',
    lost: 'La connexion est perdue. Nous essayons de la rétablir.',
  },
  notSure: { title: 'Pas encore certain.', more: 'Nous vérifions jusqu’à le savoir. Rien n’est fait deux fois.' },
  optional: '(facultatif)',
  copied: 'Copié',
  copyByHand: 'Copiez à la main, s’il vous plaît',
  calendar: { lead: 'Ajouter à votre agenda :', file: 'Fichier d’agenda', saved: 'Le fichier d’agenda est enregistré.' },
  duration: { minutes: '{minutes} min', hours: '{hours} h', both: '{hours} h {minutes} min' },
  ourTeam: 'notre équipe',
  offer: {
    free: 'Gratuit',
    paidAll: 'À payer à la réservation',
    paidPart: '{amount} à la réservation',
    group: 'Jusqu’à {people} personnes',
    onRequest: 'Sur demande',
  },
};

export const PROBLEMS: ProblemWords = {
  'slot-taken': 'Quelqu’un d’autre vient de prendre cet horaire.',
  'customer-busy': 'Il y a déjà un rendez-vous à cette heure avec cette adresse e-mail.',
  'slot-in-past': 'Cet horaire est déjà passé. Choisissez-en un plus tard.',
  'too-soon': 'C’est trop tôt pour réserver. Choisissez un horaire plus tard.',
  'too-far': 'Cette date ne peut pas encore être réservée. Choisissez-en une plus proche.',
  'outside-hours': 'Cet horaire est en dehors des heures d’ouverture.',
  'off-grid': 'Cet horaire n’est pas proposé. Choisissez-en un dans la liste.',
  'limit-reached':
    'Limite atteinte : la journée est complète, ou trop d’horaires sont retenus ou réservés depuis votre connexion. Connectez-vous ou appelez-nous.',
  'hold-expired': 'Cet horaire n’est plus retenu pour vous : le délai est passé.',
  'hold-not-found': 'Cet horaire n’est plus retenu pour vous.',
  'cancel-too-late': 'Il est trop tard pour annuler en ligne. Appelez-nous.',
  'reschedule-too-late': 'Il est trop tard pour déplacer ce rendez-vous. Appelez-nous.',
  'payment-required': 'Ce rendez-vous doit d’abord être payé.',
  'payments-off': 'Le paiement n’est pas possible ici.',
  'wrong-status': 'Ce n’est plus possible : le rendez-vous a changé.',
  'invalid-request': 'Vérifiez les champs signalés.',
  'not-found': 'Nous ne le trouvons plus.',
  unauthenticated: 'Connectez-vous de nouveau.',
  'manage-token-ended':
    'Ce lien ne fonctionne plus. Les liens expirent deux jours après le rendez-vous ou son annulation, et lorsque l’adresse e-mail est corrigée : utilisez le lien du dernier e-mail.',
  'proof-required': 'Saisissez le code que nous avons envoyé à votre adresse e-mail.',
  forbidden: 'Votre compte n’y est pas autorisé.',
  blocked: 'Contactez-nous pour réserver.',
  'rate-limited': 'Trop d’essais. Patientez un instant et réessayez.',
  overloaded: 'Il y a beaucoup de monde en ce moment. Réessayez dans un instant.',
  'outcome-unknown': 'Nous ne savons pas si cela a réussi. Vérifiez avant de réessayer.',
  unreachable: 'Le serveur ne répond pas. Vérifiez votre connexion et réessayez.',
  internal: 'Un problème est survenu de notre côté. Réessayez.',
  other: 'Cela n’a pas réussi. Réessayez ou appelez-nous.',
};
