import type { KitWords } from './en.ts';
import type { ProblemWords } from './problem-words.ts';

export const PT: KitWords = {
  connection: {
    connecting: 'A ligar',
    live: 'Em direto',
    reconnecting: 'A religar',
    offline: 'Sem ligação',
    deviceOffline: 'Este dispositivo está sem ligação.',
    lost: 'A ligação perdeu-se. Estamos a tentar recuperá-la.',
  },
  notSure: { title: 'Ainda não é certo.', more: 'Continuamos a verificar até sabermos. Nada é feito duas vezes.' },
  optional: '(opcional)',
  copied: 'Copiado',
  copyByHand: 'Copie à mão, por favor',
  calendar: { lead: 'Adicionar ao calendário:', file: 'Ficheiro de calendário', saved: 'O ficheiro de calendário foi guardado.' },
  duration: { minutes: '{minutes} min', hours: '{hours} h', both: '{hours} h {minutes} min' },
  ourTeam: 'a nossa equipa',
  offer: {
    free: 'Grátis',
    paidAll: 'Pago ao marcar',
    paidPart: '{amount} ao marcar',
    group: 'Até {people} pessoas',
    onRequest: 'A pedido',
  },
};

export const PROBLEMS: ProblemWords = {
  'slot-taken': 'Outra pessoa acabou de ficar com esta hora.',
  'customer-busy': 'Já há uma marcação a esta hora com este endereço de e-mail.',
  'slot-in-past': 'Esta hora já passou. Escolha uma mais tarde.',
  'too-soon': 'É demasiado em cima da hora. Escolha uma hora mais tarde.',
  'too-far': 'Esta data ainda não pode ser marcada. Escolha uma mais próxima.',
  'outside-hours': 'Esta hora está fora do horário de abertura.',
  'off-grid': 'Esta hora não está disponível. Escolha uma da lista.',
  'limit-reached': 'Limite atingido: o dia está cheio, ou há demasiadas horas reservadas ou marcadas a partir da sua ligação. Inicie sessão ou telefone-nos.',
  'hold-expired': 'O tempo para marcar esta hora terminou.',
  'hold-not-found': 'Esta hora já não está reservada para si.',
  'cancel-too-late': 'Já é tarde para cancelar pela internet. Telefone-nos.',
  'reschedule-too-late': 'Já é tarde para mudar esta marcação. Telefone-nos.',
  'payment-required': 'Esta marcação tem de ser paga primeiro.',
  'payments-off': 'Aqui não é possível pagar.',
  'wrong-status': 'Já não é possível: a marcação mudou.',
  'invalid-request': 'Verifique os campos assinalados.',
  'not-found': 'Já não o encontramos.',
  unauthenticated: 'Inicie sessão de novo.',
  'manage-token-ended':
    'Esta ligação já não funciona. As ligações deixam de funcionar dois dias depois da marcação ou do seu cancelamento, e quando o endereço de e-mail é corrigido: use a ligação do último e-mail.',
  'proof-required': 'Escreva o código que enviámos para o seu e-mail.',
  forbidden: 'A sua conta não o permite.',
  blocked: 'Contacte-nos para fazer uma marcação.',
  'rate-limited': 'Demasiadas tentativas. Espere um momento e tente de novo.',
  overloaded: 'Estamos com muita procura. Tente de novo dentro de momentos.',
  'outcome-unknown': 'Não sabemos se resultou. Verifique antes de tentar de novo.',
  unreachable: 'O servidor não responde. Verifique a sua ligação e tente de novo.',
  internal: 'Algo falhou do nosso lado. Tente de novo.',
  other: 'Não resultou. Tente de novo ou telefone-nos.',
};
