import type { AppointmentLabels } from './en.ts';

export const LABELS_FR: AppointmentLabels = {
  when: 'Quand',
  before: 'Avant',
  service: 'Prestation',
  addOns: 'En plus',
  staff: 'Avec',
  where: 'Où',
  voucher: 'Bon',
  price: 'Prix',
  paid: 'Payé',
  reserved: 'Réservé, non payé',
  due: 'Reste à payer',
  overpaid: 'Payé en trop',
  amount: 'Montant',
  offers: 'Horaires libres',
  reference: 'Référence',
};
