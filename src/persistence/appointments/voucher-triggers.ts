// When a hold or an appointment takes a use of a voucher, keeps it or gives it back. What happens then is in `migrations/vouchers.ts`.

/** Said by every hold that has one. Text that people type stands in no hold, and in JSON a quotation mark of theirs would be escaped. */
const NAMED = `'"voucher":{'`;
const ofHold = (row: string) => `${row}.kind = 'hold' and ${row}.half = 0 and strpos(${row}.details::text, ${NAMED}) > 0`;
const ofAppointment = (row: string) => `(${row}.details -> 'voucher') is not null`;

type Event = 'insert' | 'update' | 'delete';
type Trigger = { name: string; timing: 'after'; events: Event[]; forEach: 'row'; expression: string };

function triggersOn(table: string, does: string, all: readonly (readonly [name: string, event: Event, when: string])[]): Trigger[] {
  return all.map(([name, event, when]) => {
    const expression = `create trigger ${name} after ${event} on ${table} for each row when (${when}) execute function ${does}()`;
    return { name, timing: 'after', events: [event], forEach: 'row', expression };
  });
}

export const CLAIM_TRIGGERS = triggersOn('claim', 'keep_voucher_of_hold', [
  ['claim_takes_voucher', 'insert', ofHold('new')],
  ['claim_keeps_voucher', 'update', `(${ofHold('new')}) or (${ofHold('old')})`],
  ['claim_gives_voucher', 'delete', ofHold('old')],
]);

export const APPOINTMENT_TRIGGERS = triggersOn('appointment', 'keep_voucher_of_appointment', [
  ['appointment_takes_voucher', 'insert', ofAppointment('new')],
  ['appointment_keeps_voucher', 'update', `${ofAppointment('old')} or ${ofAppointment('new')}`],
]);
