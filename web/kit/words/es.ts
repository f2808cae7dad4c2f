import type { KitWords } from './en.ts';
import type { ProblemWords } from './problem-words.ts';

export const ES: KitWords = {
  connection: {
    connecting: 'Conectando',
    live: 'En directo',
    reconnecting: 'Reconectando',
    offline: 'Sin conexión',
    deviceOffline: 'Este dispositivo no tiene conexión.',
    lost: 'Se ha perdido la conexión. Intentamos recuperarla.',
  },
  notSure: { title: 'Aún no es seguro.', more: 'Seguimos comprobando hasta saberlo. Nada se hace dos veces.' },
  optional: '(opcional)',
  copied: 'Copiado',
  copyByHand: 'Cópielo a mano, por favor',
  calendar: { lead: 'Añadir a su calendario:', file: 'Archivo de calendario', saved: 'El archivo de calendario está guardado.' },
  duration: { minutes: '{minutes} min', hours: '{hours} h', both: '{hours} h {minutes} min' },
  ourTeam: 'nuestro equipo',
  offer: {
    free: 'Gratis',
    paidAll: 'Se paga al reservar',
    paidPart: '{amount} al reservar',
    group: 'Hasta {people} personas',
    onRequest: 'A petición',
  },
};

export const PROBLEMS: ProblemWords = {
  'slot-taken': 'Otra persona acaba de tomar esta hora.',
  'customer-busy': 'Ya hay una cita a esta hora con esta dirección de correo.',
  'slot-in-past': 'Esta hora ya ha pasado. Elija una posterior.',
  'too-soon': 'Es demasiado pronto para reservar. Elija una hora posterior.',
  'too-far': 'Esta fecha aún no se puede reservar. Elija una más cercana.',
  'outside-hours': 'Esta hora está fuera del horario de apertura.',
  'off-grid': 'Esta hora no se ofrece. Elija una de la lista.',
  'limit-reached': 'Límite alcanzado: el día está completo, o hay demasiadas horas retenidas o reservadas desde su conexión. Inicie sesión o llámenos.',
  'hold-expired': 'El tiempo para reservar esta hora ha terminado.',
  'hold-not-found': 'Esta hora ya no está retenida para usted.',
  'cancel-too-late': 'Ya es tarde para cancelar en línea. Llámenos.',
  'reschedule-too-late': 'Ya es tarde para cambiar esta cita. Llámenos.',
  'payment-required': 'Primero hay que pagar esta cita.',
  'payments-off': 'Aquí no se puede pagar en línea.',
  'wrong-status': 'Ya no es posible: la cita ha cambiado.',
  'invalid-request': 'Compruebe los campos marcados.',
  'not-found': 'Ya no lo encontramos.',
  unauthenticated: 'Vuelva a iniciar sesión.',
  'manage-token-ended':
    'Este enlace ya no funciona. Los enlaces caducan dos días después de la cita o de su cancelación, y cuando se corrige la dirección de correo: use el enlace del último correo.',
  'proof-required': 'Escriba el código que hemos enviado a su dirección de correo.',
  forbidden: 'Su cuenta no tiene permiso para eso.',
  blocked: 'Póngase en contacto con nosotros para reservar.',
  'rate-limited': 'Demasiados intentos. Espere un momento e inténtelo de nuevo.',
  overloaded: 'Hay mucha actividad ahora mismo. Inténtelo de nuevo en un momento.',
  'outcome-unknown': 'No sabemos si ha funcionado. Compruébelo antes de intentarlo de nuevo.',
  unreachable: 'El servidor no responde. Compruebe su conexión e inténtelo de nuevo.',
  internal: 'Algo ha fallado por nuestra parte. Inténtelo de nuevo.',
  other: 'No ha funcionado. Inténtelo de nuevo o llámenos.',
};
