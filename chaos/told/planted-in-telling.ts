// What can go wrong between a decision and what leaves the building. Each is what somebody might well write, with a pause where it matters that a node dies there.
import type { PlantedBug } from '../simulator/planted-bug.ts';

export const TELLING_BUGS: readonly PlantedBug[] = [
  {
    name: 'position-before-effects',
    why: 'A consumer commits that it has read changes before it writes what follows from them.',
    edits: [
      {
        file: 'src/persistence/change-log/consumer-store.ts',
        find: `await keepAside(em, name, setAside);
      await writeEffects(effects, em);
      return 'done';
    });`,
        replace: `await keepAside(em, name, setAside);
      return 'done';
    }).then(async (end) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return await this.#commit(async (em) => {
        if (end === 'done') await writeEffects(effects, em);
        return end;
      });
    });`,
      },
    ],
  },
  {
    name: 'sent-before-it-is-sent',
    why: 'A message is marked as sent, and then handed to the mail server.',
    edits: [
      {
        file: 'src/mail/leased-sender.ts',
        find: '      const answer = await mailer.send(ready.mail);',
        replace:
          "      await this.#parts.queue.settle([{ ...lease, status: 'sent', failure: null }]);\n      await wait(300);\n      const answer = await mailer.send(ready.mail);",
      },
    ],
  },
  {
    name: 'message-id-with-chance',
    why: 'Each attempt at a message has a Message-ID of its own, so that a repeat is another mail.',
    edits: [
      {
        file: 'src/integrations/smtp/smtp-mailer.ts',
        find: 'const { address, name } = this.#from;',
        replace: 'const { address, name } = this.#from;\n    id += String(Math.random());',
      },
    ],
  },
  {
    name: 'webhook-id-with-chance',
    why: 'Each attempt at a webhook has an id of its own.',
    edits: [
      {
        file: 'src/webhooks/webhook-deliverer.ts',
        find: 'const { id, type, calendarId, revision } = delivery;',
        replace: 'const { type, calendarId, revision } = delivery;\n    const id = delivery.id + String(Math.random());',
      },
    ],
  },
  {
    name: 'everything-is-due',
    why: 'A fact does not wait for the one before it about the same thing.',
    edits: [
      {
        file: 'src/persistence/webhooks/webhook-queue.ts',
        find: 'case when n."isFirst" and not exists',
        replace: 'case when true or not exists',
      },
    ],
  },
];
