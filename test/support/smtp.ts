// A real mail server of the tests' own: on a free port of the loopback, with the mails that it has taken in memory.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import type { TestCertificate } from './certificates.ts';
import { type DecodedMail, decodeMail } from './decode-mail.ts';

export type ReceivedMail = DecodedMail & {
  /** As the envelope says. */
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly isEncrypted: boolean;
  /** Who has logged in; null: nobody. */
  readonly user: string | null;
};
/** What is answered to RCPT TO, such as `550 5.1.1 nobody there`; null: come in. */
export type Doorkeeper = (recipient: string) => string | null;
export type SmtpOptions = {
  /** 0: a free one. */
  readonly port?: number;
  readonly doorkeeper?: Doorkeeper;
  /** Nobody else may send anything. */
  readonly login?: { readonly user: string; readonly password: string };
  readonly hasStartTls?: boolean;
  /** TLS from the first byte. */
  readonly isTlsFromTheStart?: boolean;
  /** Otherwise one that nobody believes. */
  readonly certificate?: TestCertificate;
  /** What a mail that has come waits for before it is taken. */
  readonly untilTaken?: () => Promise<void> | undefined;
};
export type TestSmtp = AsyncDisposable & {
  readonly port: number;
  /** In the order in which they came. */
  readonly mails: readonly ReceivedMail[];
  /** How many connections have been made, and how many were open at once at most. */
  readonly callers: { readonly made: number; readonly most: number };
};

export async function startSmtp({
  port = 0,
  doorkeeper = () => null,
  login,
  hasStartTls = true,
  isTlsFromTheStart = false,
  certificate,
  untilTaken,
}: SmtpOptions = {}): Promise<TestSmtp> {
  const mails: ReceivedMail[] = [];
  const open = new Set<string>();
  const callers = { made: 0, most: 0 };
  const server = new SMTPServer({
    logger: false,
    secure: isTlsFromTheStart,
    ...certificate,
    disabledCommands: hasStartTls ? [] : ['STARTTLS'],
    allowInsecureAuth: true,
    authOptional: login === undefined,
    closeTimeout: 100,
    onConnect(session, done) {
      open.add(session.id);
      callers.made += 1;
      callers.most = Math.max(callers.most, open.size);
      done();
    },
    onClose: (session) => void open.delete(session.id),
    onAuth({ username, password }, _session, done) {
      const isRight = username === login?.user && password === login?.password;
      done(null, isRight ? { user: username } : { message: `5.7.8 not ${password}`, responseCode: 535 });
    },
    onRcptTo({ address }, _session, done) {
      const refusal = doorkeeper(address);
      done(refusal === null ? null : Object.assign(new Error(refusal.slice(4)), { responseCode: Number(refusal.slice(0, 3)) }));
    },
    onData(stream, { envelope, secure, user }, done) {
      textOf(stream).then(async (raw) => {
        await untilTaken?.();
        const recipients = envelope.rcptTo.map(({ address }) => address);
        mails.push({ ...decodeMail(raw), sender: envelope.mailFrom ? envelope.mailFrom.address : '', recipients, isEncrypted: secure, user: user ?? null });
        done(null);
      }, done);
    },
  });
  // Callers hang up in the middle when they are stopped; that is theirs to explain.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  return { port: address.port, mails, callers, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)) };
}

/** Takes connections and never says a word. */
export async function startSilence(): Promise<AsyncDisposable & { readonly port: number; readonly callers: number }> {
  const callers = new Set<Socket>();
  const server = createServer((socket) => {
    callers.add(socket);
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('silence has no port');
  return {
    port: address.port,
    get callers() {
      return callers.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of callers) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function textOf(stream: SMTPServerDataStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString('latin1');
}
