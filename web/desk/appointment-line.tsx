import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { whenWords, zoneOf } from '../kit/customers/finding.ts';
import { staffName } from '../kit/shop.ts';
import { showAppointment } from './opening.ts';
import { words } from './wording.ts';

type LineProps = { readonly appointment: AppointmentReply; readonly onOpen?: () => void; readonly more?: string | undefined };

/** One appointment of a list: a press opens it on its day. */
export function AppointmentLine({ appointment, onOpen = () => showAppointment(appointment), more }: LineProps) {
  const { startsAt, locationId, customer, serviceName, staffName: with_, staffId } = appointment;
  const what = [serviceName, words.value.panel.with({ name: with_ ?? staffName(staffId) })].filter((part) => part !== null).join(' ');
  return (
    <button type="button" class="their" onClick={onOpen}>
      <span>
        <strong>{customer?.name ?? words.value.panel.aCustomer}</strong>, {whenWords(Date.parse(startsAt), zoneOf(locationId))}
      </span>
      <span class="soft">
        {what}
        {more !== undefined && `, ${more}`}
      </span>
    </button>
  );
}
