// The audit trail in plain words: "Marta changed the service Haircut", and what was before and after.
import type { z } from 'zod';
import type { auditEntries } from '../../../src/protocol/audit.ts';

export type AuditEntry = z.output<typeof auditEntries>['items'][number];

/** What is done, for the last part of an action such as `service.changed`. What is not here is said as it is. */
const VERBS: Readonly<Record<string, string>> = {
  added: 'added',
  changed: 'changed',
  removed: 'removed',
  erased: 'erased',
  merged: 'merged',
  exported: 'exported',
  imported: 'imported',
  invited: 'invited',
  registered: 'registered',
  replaced: 'replaced',
  'secret-replaced': 'replaced the secret of',
  'second-factor-removed': 'removed the second factor of',
  disabled: 'disabled',
  resent: 'sent again',
  reset: 'reset',
  recorded: 'recorded',
  'refund-asked': 'asked for a refund for',
  booked: 'booked',
  requested: 'requested',
  approved: 'approved',
  withdrawn: 'withdrew',
  rescheduled: 'moved',
  cancelled: 'cancelled',
  declined: 'declined',
  'checked-in': 'checked in',
  completed: 'completed',
  'no-show': 'marked as a no-show',
  reopened: 'reopened',
};

/** Those that are about the person who did it. */
const OWN: Readonly<Record<string, string>> = {
  'session.begun': 'logged in',
  'session.ended': 'logged out',
  'session.proven': 'confirmed who they are',
  'session.reuse-detected': 'used an old refresh token: all their sessions have ended',
  'login.locked-out': 'was locked out after too many wrong passwords',
  'password.changed': 'changed their password',
  'password.reset': 'set a new password by e-mail',
  'second-factor.added': 'set up a second factor',
  'second-factor.removed': 'removed their second factor',
  'recovery-codes.replaced': 'made new recovery codes',
  'user.registered': 'made an account',
};

const ACTORS: Readonly<Record<AuditEntry['by']['kind'], string>> = { user: 'A customer', 'api-key': 'A program', guest: 'A guest', system: 'The server' };

export function sentenceFor({ by, action, subject }: AuditEntry): string {
  const who = by.name ?? ACTORS[by.kind];
  const own = OWN[action];
  if (own !== undefined) return `${who} ${own}`;
  const [what = '', done = ''] = action.split('.');
  const verb = VERBS[done] ?? done.replaceAll('-', ' ');
  if (what === 'time-off') return `${who} ${verb} time off${subject.name === null ? '' : ` of ${subject.name}`}`;
  const thing = (action.startsWith('settings') ? 'settings' : `${subject.kind === 'calendar' ? what : subject.kind}`)
    .replaceAll('-', ' ')
    .replace('ledger', 'books')
    .replace('audit', 'audit trail');
  return `${who} ${verb} the ${thing}${subject.name === null ? '' : ` ${subject.name}`}`;
}

/** One line for each field that differs. */
export function changesOf({ before, after }: AuditEntry): readonly string[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names.flatMap((name) => {
    const [was, is] = [wordsOf(before?.[name]), wordsOf(after?.[name])];
    if (was === is) return [];
    const label = name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
    return [before === null ? `${label}: ${is}` : after === null ? `${label}: ${was}` : `${label}: ${was} → ${is}`];
  });
}

const MOST_CHARACTERS = 120;

function wordsOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text =
    typeof value === 'object'
      ? JSON.stringify(value)
          .replaceAll(/["{}[\]]/g, '')
          .replaceAll(',', ', ')
          .replaceAll(':', ': ')
      : String(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text || 'none';
}
