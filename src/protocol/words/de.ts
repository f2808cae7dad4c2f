import type { AppointmentLabels } from './en.ts';

export const LABELS_DE: AppointmentLabels = {
  when: 'Wann',
  before: 'Vorher',
  service: 'Leistung',
  staff: 'Bei',
  where: 'Wo',
  price: 'Preis',
  amount: 'Betrag',
  offers: 'Freie Zeiten',
  reference: 'Nummer',
};
