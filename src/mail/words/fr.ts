import type { EmailWords } from './words.ts';

const GOOD = 'Le lien fonctionne une seule fois, jusqu’au {expiresAt}. Si vous avez demandé plusieurs liens, seul le plus récent fonctionne.';

export const FR: EmailWords = {
  'email-verification': {
    subject: '{business} : est-ce bien votre adresse e-mail ?',
    paragraphs: [
      'Quelqu’un s’est inscrit chez {business} avec cette adresse e-mail. Si c’est vous, ouvrez ce lien et saisissez le mot de passe que vous avez choisi :',
      '{link}',
      GOOD,
      'Si ce n’est pas vous, ignorez cet e-mail : aucun compte n’est créé tant que le lien n’est pas ouvert.',
    ],
  },
  'already-registered': {
    subject: '{business} : vous avez déjà un compte',
    paragraphs: [
      'Quelqu’un a voulu s’inscrire chez {business} avec cette adresse e-mail. Elle a déjà un compte, et rien n’y a changé.',
      'Si c’est vous, connectez-vous comme d’habitude. Si vous avez oublié votre mot de passe, vous pouvez en choisir un nouveau : {accountUrl}',
      'Si ce n’est pas vous, ignorez cet e-mail. La personne qui a voulu s’inscrire n’a pas appris que vous avez un compte.',
    ],
  },
  'password-reset': {
    subject: '{business} : choisir un nouveau mot de passe',
    paragraphs: [
      'Quelqu’un a demandé un nouveau mot de passe pour votre compte chez {business}. Si c’est vous, ouvrez ce lien et choisissez-en un :',
      '{link}',
      GOOD,
      'Si ce n’est pas vous, ignorez cet e-mail : votre mot de passe reste le même. Ne transmettez pas ce lien : il donne accès à votre compte.',
    ],
  },
  'password-reset-without-account': {
    subject: '{business} : aucun compte avec cette adresse',
    paragraphs: [
      'Quelqu’un a demandé à {business} un nouveau mot de passe pour cette adresse e-mail, mais elle n’a pas de compte.',
      'Si c’est vous, vous vous êtes peut-être inscrit avec une autre adresse. Vous pouvez vous inscrire avec celle-ci : {accountUrl}',
      'Si ce n’est pas vous, ignorez cet e-mail.',
    ],
  },
  'password-changed': {
    subject: '{business} : votre mot de passe a été modifié',
    paragraphs: [
      'Le mot de passe de votre compte chez {business} a été modifié le {writtenAt}.',
      'Si c’est vous, vous n’avez rien à faire.',
      'Si ce n’est pas vous, quelqu’un d’autre a accès à votre compte. Choisissez tout de suite un nouveau mot de passe, ce qui déconnecte tous les appareils : {accountUrl}. Prévenez ensuite {business}.',
    ],
  },
  invitation: {
    subject: '{business} : votre compte',
    paragraphs: [
      '{business} a créé un compte pour vous. Ouvrez ce lien et choisissez un mot de passe :',
      '{link}',
      GOOD,
      'S’il s’agit d’une erreur, ignorez cet e-mail. Ne transmettez pas ce lien : il donne accès au compte.',
    ],
  },
  'booking-code': {
    subject: '{business} : votre code de réservation',
    paragraphs: [
      'Ce code montre à {business} que cette adresse e-mail est la vôtre. Saisissez-le sur la page de réservation :',
      '{token}',
      'Il ne vaut que pour cette réservation, tant que votre horaire est retenu.',
      'Si ce n’est pas vous, ignorez cet e-mail : rien n’est réservé sans ce code. Ne le donnez à personne.',
    ],
  },
  'webhook-disabled': {
    subject: '{business} : un webhook a été désactivé',
    paragraphs: [
      'Un webhook de {business} a été désactivé le {writtenAt}, parce qu’il est resté longtemps injoignable ou qu’il a refusé ce qui lui était envoyé. Il ne reçoit plus rien.',
      'GET /v1/webhooks donne la liste des webhooks, avec la raison dans disabledBecause. Quand le destinataire fonctionne de nouveau, réactivez-le et renvoyez ce qu’il a manqué. docs/webhooks.md explique comment.',
      'Vous recevez cet e-mail parce que vous pouvez gérer les webhooks de {business}.',
    ],
  },
  'time-off-decided': {
    subject: '{business} : votre demande d’absence',
    paragraphs: [
      'Votre demande d’absence a reçu une réponse le {writtenAt}. Connectez-vous pour la lire : {accountUrl}',
      'Vous recevez cet e-mail parce que vous avez demandé une absence. Vous pouvez désactiver ces e-mails sous la cloche de l’accueil.',
    ],
  },
  'second-factor-on': {
    subject: '{business} : un code est désormais demandé à la connexion',
    paragraphs: [
      'Un second facteur a été activé pour votre compte chez {business} le {writtenAt}. Désormais, il vous faut un code de votre application en plus de votre mot de passe.',
      'Si c’est vous, gardez les codes de secours à un endroit où vous les trouverez sans votre téléphone.',
      'Si ce n’est pas vous, quelqu’un d’autre a accès à votre compte. Choisissez tout de suite un nouveau mot de passe, ce qui déconnecte tous les appareils : {accountUrl}. Prévenez ensuite {business}, qui peut retirer le second facteur.',
    ],
  },
  'second-factor-off': {
    subject: '{business} : aucun code n’est plus demandé à la connexion',
    paragraphs: [
      'Le second facteur de votre compte chez {business} a été retiré le {writtenAt}. Votre mot de passe suffit désormais pour vous connecter.',
      'Si c’est vous, ou si vous l’avez demandé, vous n’avez rien à faire.',
      'Si ce n’est pas vous, choisissez tout de suite un nouveau mot de passe, ce qui déconnecte tous les appareils : {accountUrl}. Prévenez ensuite {business}.',
    ],
  },
  footer: '{business}. Cet e-mail a été envoyé automatiquement ; les réponses ne sont pas lues.',
};
