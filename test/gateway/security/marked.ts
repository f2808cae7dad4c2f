// Appointments whose customers bear unmistakable marks, so that it can be seen wherever anything of them goes.
import assert from 'node:assert/strict';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { Cast, CastMember } from '../cast.ts';
import { makeSubject, type StaffReply, type Subject } from './subjects.ts';

export type Marked = Subject & {
  /** What nobody may hear of who may not see this customer. */
  readonly marks: readonly string[];
  readonly reference: string;
};

/** A customer with a name, an address, a number, notes and answers that are found nowhere else. */
export function markedCustomer(mark: string) {
  return {
    customer: { name: `Quagga ${mark}`, email: `quagga-${mark}@secret.example`, phone: phoneOf(mark) },
    more: { notes: `notes-quagga-${mark}`, answers: { [`question-quagga-${mark}`]: `answer-quagga-${mark}` } },
  };
}

/** Words that are in everything a mark has marked; a telephone number can bear no letters. */
export function marksOf(mark: string): readonly string[] {
  return [`Quagga ${mark}`, `quagga-${mark}`, phoneOf(mark)];
}

function phoneOf(mark: string): string {
  return `+49 555 ${Buffer.from(mark).reduce((sum, byte) => sum * 31 + byte, 7) % 10_000_000}`;
}

export async function makeMarked(cast: Cast, mark: string, { by, with: staff }: { by: CastMember | null; with: StaffReply }): Promise<Marked> {
  const { customer, more } = markedCustomer(mark);
  const { answers, ...notes } = more;
  // The service asks nothing, so only the business may write answers down.
  const isOnline = by === null || by === 'dan@example.org';
  const subject = await makeSubject(cast, { with: staff, by, customer, more: isOnline ? notes : { ...notes, answers } });
  const told = await cast.ask<AppointmentReply>('GET', `/v1/appointments/${subject.appointmentId}`, { token: cast.tokenOf['owner@example.org'] });
  const reference = told.body.reference ?? assert.fail('the owner is not told the reference');
  return { ...subject, reference, marks: [...marksOf(mark), reference] };
}

/** The marks that are in some text, each with a little of what is around it. */
export function leaks(text: string, marks: readonly string[]): readonly string[] {
  return marks.flatMap((mark) => {
    const at = text.indexOf(mark);
    return at < 0 ? [] : [`${mark} in …${text.slice(Math.max(0, at - 80), at + 80)}…`];
  });
}
