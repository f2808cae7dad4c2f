import type { EmailWords } from './words.ts';

const GOOD = 'A ligação funciona uma só vez, até {expiresAt}. Se pediu várias ligações, só a mais recente funciona.';

export const PT: EmailWords = {
  'email-verification': {
    subject: '{business}: este é o seu endereço de e-mail?',
    paragraphs: [
      'Alguém se registou em {business} com este endereço de e-mail. Se foi a pessoa que o fez, abra esta ligação e introduza a palavra-passe que escolheu:',
      '{link}',
      GOOD,
      'Caso contrário, ignore este e-mail: nenhuma conta é criada enquanto a ligação não for aberta.',
    ],
  },
  'already-registered': {
    subject: '{business}: já tem uma conta',
    paragraphs: [
      'Alguém tentou registar-se em {business} com este endereço de e-mail. Já existe uma conta com ele, e nada mudou nela.',
      'Se foi a pessoa que o fez, inicie sessão como habitualmente. Se esqueceu a palavra-passe, pode escolher uma nova: {accountUrl}',
      'Caso contrário, ignore este e-mail. Quem tentou registar-se não ficou a saber que tem uma conta.',
    ],
  },
  'password-reset': {
    subject: '{business}: escolha uma nova palavra-passe',
    paragraphs: [
      'Alguém pediu uma nova palavra-passe para a sua conta em {business}. Se foi a pessoa que o fez, abra esta ligação e escolha uma:',
      '{link}',
      GOOD,
      'Caso contrário, ignore este e-mail: a sua palavra-passe continua a mesma. Não partilhe a ligação: dá acesso à sua conta.',
    ],
  },
  'password-reset-without-account': {
    subject: '{business}: nenhuma conta com este endereço',
    paragraphs: [
      'Alguém pediu a {business} uma nova palavra-passe para este endereço de e-mail, mas não existe nenhuma conta com ele.',
      'Se foi a pessoa que o fez, talvez se tenha registado com outro endereço. Pode registar-se com este: {accountUrl}',
      'Caso contrário, ignore este e-mail.',
    ],
  },
  'password-changed': {
    subject: '{business}: a sua palavra-passe foi alterada',
    paragraphs: [
      'A palavra-passe da sua conta em {business} foi alterada em {writtenAt}.',
      'Se foi a pessoa que o fez, não precisa de fazer nada.',
      'Caso contrário, outra pessoa tem acesso à sua conta. Escolha já uma nova palavra-passe, o que termina a sessão em todos os dispositivos: {accountUrl}. Depois avise {business}.',
    ],
  },
  invitation: {
    subject: '{business}: a sua conta',
    paragraphs: [
      '{business} criou uma conta para si. Abra esta ligação e escolha uma palavra-passe:',
      '{link}',
      GOOD,
      'Se for um engano, ignore este e-mail. Não partilhe a ligação: dá acesso à conta.',
    ],
  },
  'booking-code': {
    subject: '{business}: o seu código de marcação',
    paragraphs: [
      'Este código mostra a {business} que este endereço de e-mail é seu. Introduza-o na página de marcações:',
      '{token}',
      'Só vale para esta marcação, enquanto a sua hora estiver reservada.',
      'Se não foi a pessoa que o pediu, ignore este e-mail: sem o código nada é marcado. Não o dê a ninguém.',
    ],
  },
  'webhook-disabled': {
    subject: '{business}: um webhook foi desativado',
    paragraphs: [
      'Um webhook de {business} foi desativado em {writtenAt}, porque esteve muito tempo inacessível ou recusou o que lhe foi enviado. Já não recebe nada.',
      'GET /v1/webhooks mostra os webhooks, com o motivo em disabledBecause. Quando o recetor voltar a funcionar, ative o webhook e reenvie o que ele perdeu. docs/webhooks.md explica como.',
      'Recebe este e-mail porque pode gerir os webhooks de {business}.',
    ],
  },
  'time-off-decided': {
    subject: '{business}: o seu pedido de ausência',
    paragraphs: [
      'O seu pedido de ausência foi respondido em {writtenAt}. Inicie sessão para ler a resposta: {accountUrl}',
      'Recebe este e-mail porque pediu uma ausência. Pode desativar estes e-mails no sino da receção.',
    ],
  },
  'second-factor-on': {
    subject: '{business}: agora é pedido um código para iniciar sessão',
    paragraphs: [
      'Em {writtenAt} foi ativado um segundo fator na sua conta em {business}. A partir de agora precisa, além da palavra-passe, de um código da sua aplicação.',
      'Se foi a pessoa que o fez, guarde os códigos de recuperação onde os encontre sem o telefone.',
      'Caso contrário, outra pessoa tem acesso à sua conta. Escolha já uma nova palavra-passe, o que termina a sessão em todos os dispositivos: {accountUrl}. Depois avise {business}, que pode retirar o segundo fator.',
    ],
  },
  'second-factor-off': {
    subject: '{business}: já não é pedido um código para iniciar sessão',
    paragraphs: [
      'O segundo fator da sua conta em {business} foi retirado em {writtenAt}. A palavra-passe basta agora para iniciar sessão.',
      'Se foi a pessoa que o fez, ou o pediu, não precisa de fazer nada.',
      'Caso contrário, escolha já uma nova palavra-passe, o que termina a sessão em todos os dispositivos: {accountUrl}. Depois avise {business}.',
    ],
  },
  footer: '{business}. Este e-mail foi enviado automaticamente; as respostas não são lidas.',
};
