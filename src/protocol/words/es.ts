import type { AppointmentLabels } from './en.ts';

export const LABELS_ES: AppointmentLabels = {
  when: 'Cuándo',
  before: 'Antes',
  service: 'Servicio',
  staff: 'Con',
  where: 'Dónde',
  price: 'Precio',
  amount: 'Importe',
  offers: 'Horas libres',
  reference: 'Referencia',
};
