import type { AppointmentLabels } from './en.ts';

export const LABELS_DE: AppointmentLabels = {
  when: 'Wann',
  before: 'Vorher',
  service: 'Leistung',
  addOns: 'Dazu',
  staff: 'Bei',
  where: 'Wo',
  voucher: 'Gutschein',
  price: 'Preis',
  paid: 'Bezahlt',
  reserved: 'Reserviert, nicht bezahlt',
  due: 'Noch zu zahlen',
  overpaid: 'Zu viel bezahlt',
  amount: 'Betrag',
  offers: 'Freie Zeiten',
  reference: 'Nummer',
};
