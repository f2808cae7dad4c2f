import type { AppointmentLabels } from './en.ts';

export const LABELS_PT: AppointmentLabels = {
  when: 'Quando',
  before: 'Antes',
  service: 'Serviço',
  addOns: 'Além disso',
  staff: 'Com',
  where: 'Onde',
  voucher: 'Vale',
  price: 'Preço',
  paid: 'Pago',
  reserved: 'Cativado, não pago',
  due: 'Ainda a pagar',
  overpaid: 'Pago a mais',
  amount: 'Valor',
  offers: 'Horas livres',
  reference: 'Referência',
};
