/** What stands before the facts of an appointment, in messages and on the booking page. */
export const LABELS_EN = {
  when: 'When',
  before: 'Before',
  service: 'Service',
  addOns: 'Along with it',
  staff: 'With',
  where: 'Where',
  voucher: 'Voucher',
  price: 'Price',
  paid: 'Paid',
  reserved: 'Reserved, not paid',
  due: 'Still to pay',
  overpaid: 'More than it costs',
  amount: 'Amount',
  offers: 'Free times',
  reference: 'Reference',
};
export type AppointmentLabels = Readonly<Record<keyof typeof LABELS_EN, string>>;
