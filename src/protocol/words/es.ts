import type { AppointmentLabels } from './en.ts';

export const LABELS_ES: AppointmentLabels = {
  when: 'Cuándo',
  before: 'Antes',
  service: 'Servicio',
  addOns: 'Además',
  staff: 'Con',
  where: 'Dónde',
  voucher: 'Vale',
  price: 'Precio',
  paid: 'Pagado',
  reserved: 'Retenido, sin pagar',
  due: 'Queda por pagar',
  overpaid: 'Pagado de más',
  amount: 'Importe',
  offers: 'Horas libres',
  reference: 'Referencia',
};
