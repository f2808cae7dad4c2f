// A node whose mail server never answers, until it is killed: `message-sender.test.ts` does that. It names each e-mail that it begins.
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { relayOn, type Send, senderOn } from './waiting-emails.ts';

const [url = '', leaseMs, about] = process.argv.slice(2);
const database = await openDatabase({ kind: 'postgres', url }, { migrates: false });
const send: Send = ({ id }) => {
  process.stdout.write(`${id}\n`);
  return new Promise(() => undefined);
};
(about === 'accounts' ? relayOn : senderOn)(database, send, { leaseMs: Number(leaseMs) });
