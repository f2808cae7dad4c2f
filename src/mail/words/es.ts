import type { EmailWords } from './words.ts';

const GOOD = 'El enlace funciona una sola vez, hasta el {expiresAt}. Si ha pedido varios enlaces, solo funciona el más reciente.';

export const ES: EmailWords = {
  'email-verification': {
    subject: '{business}: ¿es esta su dirección de correo?',
    paragraphs: [
      'Alguien se ha registrado en {business} con esta dirección de correo. Si ha sido usted, abra este enlace e introduzca la contraseña que eligió:',
      '{link}',
      GOOD,
      'Si no ha sido usted, no haga caso de este correo: no se crea ninguna cuenta mientras no se abra el enlace.',
    ],
  },
  'already-registered': {
    subject: '{business}: ya tiene una cuenta',
    paragraphs: [
      'Alguien ha intentado registrarse en {business} con esta dirección de correo. Ya tiene una cuenta, y nada ha cambiado en ella.',
      'Si ha sido usted, inicie sesión como siempre. Si ha olvidado su contraseña, puede elegir una nueva: {accountUrl}',
      'Si no ha sido usted, no haga caso de este correo. A quien intentó registrarse no se le ha dicho que usted tiene una cuenta.',
    ],
  },
  'password-reset': {
    subject: '{business}: elija una contraseña nueva',
    paragraphs: [
      'Alguien ha pedido una contraseña nueva para su cuenta en {business}. Si ha sido usted, abra este enlace y elija una:',
      '{link}',
      GOOD,
      'Si no ha sido usted, no haga caso de este correo: su contraseña sigue siendo la misma. No comparta el enlace: da acceso a su cuenta.',
    ],
  },
  'password-reset-without-account': {
    subject: '{business}: no hay ninguna cuenta con esta dirección',
    paragraphs: [
      'Alguien ha pedido a {business} una contraseña nueva para esta dirección de correo, pero no hay ninguna cuenta con ella.',
      'Si ha sido usted, quizá se registró con otra dirección. Puede registrarse con esta: {accountUrl}',
      'Si no ha sido usted, no haga caso de este correo.',
    ],
  },
  'password-changed': {
    subject: '{business}: su contraseña ha cambiado',
    paragraphs: [
      'La contraseña de su cuenta en {business} se cambió el {writtenAt}.',
      'Si ha sido usted, no tiene que hacer nada.',
      'Si no ha sido usted, otra persona tiene acceso a su cuenta. Elija enseguida una contraseña nueva, lo que cierra la sesión en todos los dispositivos: {accountUrl}. Después avise a {business}.',
    ],
  },
  invitation: {
    subject: '{business}: su cuenta',
    paragraphs: [
      '{business} ha creado una cuenta para usted. Abra este enlace y elija una contraseña:',
      '{link}',
      GOOD,
      'Si se trata de un error, no haga caso de este correo. No comparta el enlace: da acceso a la cuenta.',
    ],
  },
  'booking-code': {
    subject: '{business}: su código de reserva',
    paragraphs: [
      'Este código demuestra a {business} que esta dirección de correo es suya. Introdúzcalo en la página de reservas:',
      '{token}',
      'Solo vale para esta reserva, mientras su hora esté retenida.',
      'Si no ha sido usted, no haga caso de este correo: sin el código no se reserva nada. No se lo dé a nadie.',
    ],
  },
  'webhook-disabled': {
    subject: '{business}: se ha desactivado un webhook',
    paragraphs: [
      'Un webhook de {business} se desactivó el {writtenAt}, porque llevaba mucho tiempo sin responder o rechazaba lo que se le enviaba. Ya no recibe nada.',
      'GET /v1/webhooks muestra los webhooks, con el motivo en disabledBecause. Cuando el receptor vuelva a funcionar, active el webhook y reenvíe lo que se ha perdido. docs/webhooks.md explica cómo.',
      'Recibe este correo porque puede gestionar los webhooks de {business}.',
    ],
  },
  'time-off-decided': {
    subject: '{business}: su solicitud de ausencia',
    paragraphs: [
      'Su solicitud de ausencia se respondió el {writtenAt}. Inicie sesión para leer la respuesta: {accountUrl}',
      'Recibe este correo porque ha solicitado una ausencia. Puede desactivar estos correos en la campana de la recepción.',
    ],
  },
  'second-factor-on': {
    subject: '{business}: ahora se pide un código para iniciar sesión',
    paragraphs: [
      'El {writtenAt} se activó un segundo factor en su cuenta de {business}. Desde ahora necesita, además de su contraseña, un código de su aplicación.',
      'Si ha sido usted, guarde los códigos de recuperación donde pueda encontrarlos sin su teléfono.',
      'Si no ha sido usted, otra persona tiene acceso a su cuenta. Elija enseguida una contraseña nueva, lo que cierra la sesión en todos los dispositivos: {accountUrl}. Después avise a {business}, que puede quitar el segundo factor.',
    ],
  },
  'second-factor-off': {
    subject: '{business}: ya no se pide un código para iniciar sesión',
    paragraphs: [
      'El segundo factor de su cuenta en {business} se quitó el {writtenAt}. Ahora basta con su contraseña para iniciar sesión.',
      'Si ha sido usted, o lo ha pedido, no tiene que hacer nada.',
      'Si no ha sido usted, elija enseguida una contraseña nueva, lo que cierra la sesión en todos los dispositivos: {accountUrl}. Después avise a {business}.',
    ],
  },
  footer: '{business}. Este correo se ha enviado automáticamente; las respuestas no se leen.',
};
