import type { AppointmentLabels } from './en.ts';

export const LABELS_PT: AppointmentLabels = {
  when: 'Quando',
  before: 'Antes',
  service: 'Serviço',
  staff: 'Com',
  where: 'Onde',
  price: 'Preço',
  amount: 'Valor',
  offers: 'Horas livres',
  reference: 'Referência',
};
